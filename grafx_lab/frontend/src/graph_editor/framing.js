// Which way the patch flows and which part of it is in view.
import { useCallback, useEffect, useRef, useState } from "react";

const NARROW = 700;
const PADDING = {
  right: { top: "28px", right: "24px", bottom: "60px", left: "24px" },
  down: { top: "12px", right: "14px", bottom: "14px", left: "14px" },
};

const suits = (host) => (host.clientWidth && host.clientWidth < NARROW ? "down" : "right");

export function useOrientation(host, fixed) {
  const [orientation, setOrientation] = useState(() => fixed ?? suits(host));
  useEffect(() => {
    if (fixed) return setOrientation(fixed);
    // A hidden host is 0 px wide; that says nothing about the screen.
    const observer = new ResizeObserver(() => host.clientWidth && setOrientation(suits(host)));
    observer.observe(host);
    return () => observer.disconnect();
  }, [host, fixed]);
  return orientation;
}

/** Another patch, not an edit of this one: most of its nodes are new, or some are and it is called otherwise. */
function isAnother(before, patch) {
  const names = new Set(before?.nodes.map((node) => node.name));
  const known = patch.nodes.filter((node) => names.has(node.name)).length;
  const redrawn = known < patch.nodes.length || names.size !== known;
  return known < patch.nodes.length / 2 || (redrawn && before.title !== patch.title);
}

function isInView(flow, host, name) {
  const node = flow.getNode(name);
  if (!node) return false;
  const { x, y } = flow.flowToScreenPosition(node.position);
  const box = host.getBoundingClientRect();
  return x > box.left && x < box.right && y > box.top && y < box.bottom;
}

export function useFramedView({ flow, host, patch, orientation, nodes }) {
  const movedByHand = useRef(false);
  const shown = useRef(null);
  const awaited = useRef(null);
  const fit = useCallback(() => {
    movedByHand.current = false;
    flow.fitView({ padding: PADDING[orientation], maxZoom: 1.2 });
  }, [flow, orientation]);

  useEffect(() => {
    if (patch && isAnother(shown.current, patch)) requestAnimationFrame(fit);
    shown.current = patch;
  }, [patch, fit]);
  useEffect(() => {
    const observer = new ResizeObserver(() => movedByHand.current || fit());
    observer.observe(host);
    return () => observer.disconnect();
  }, [host, fit]);

  const fitSoon = useCallback(() => requestAnimationFrame(fit), [fit]);
  /** The whole patch once `name` has its size, unless the hand chose another view that shows it anyway. */
  const reveal = useCallback((name) => {
    awaited.current = name;
  }, []);
  useEffect(() => {
    const name = awaited.current;
    if (!nodes.find((node) => node.id === name)?.measured) return;
    awaited.current = null;
    requestAnimationFrame(() => {
      if (!movedByHand.current || !isInView(flow, host, name)) fit();
    });
  }, [nodes, fit, flow, host]);
  const onMoveStart = useCallback((event) => {
    if (event) movedByHand.current = true;
  }, []);
  return { fit, fitSoon, reveal, onMoveStart };
}
