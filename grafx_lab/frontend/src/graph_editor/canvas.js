// The canvas: React Flow shows the patch, hands tell Python through `actions`.
import { useCallback, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Background, ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useActions } from "./actions.js";
import { ConnectList } from "./connect_list.js";
import { EditorContext } from "./editor_context.js";
import { asEdge, flowEdges } from "./flow.js";
import { useFramedView, useOrientation } from "./framing.js";
import { HistoryBar, Legend, Messages, ZoomBar } from "./hud.js";
import { onArrowKeys, onEditKeys } from "./keys.js";
import { place } from "./layout.js";
import { useSlice } from "./live_store.js";
import { OrderList, ShowMenu } from "./show_menu.js";
import { nodeTypes } from "./node_views.js";
import { usePaletteDrops } from "./palette_drops.js";
import { useFlowNodes } from "./selection.js";
import { useEditKeys, useMoves } from "./hands.js";
import { Wire, WireInHand } from "./wire.js";

const edgeTypes = { wire: Wire };
const NO_WIRES = new Set();
const SPOKEN_KEYS = {
  "node.a11yDescription.default":
    "Enter selects. Arrows go to the next node, Shift and arrows move this one. C connects, F2 renames, " +
    "Control D duplicates, Delete removes.",
  "edge.a11yDescription.default": "Enter selects, Delete removes this wire.",
};

function useRejection(patch) {
  const [rejection, setRejection] = useState(null);
  const report = useCallback(
    (error, edge = null) => setRejection(error && { text: error.message, nodes: error.nodes ?? [], edge }),
    [],
  );
  const problems = patch?.errors ?? [];
  const marks = useMemo(() => {
    const nodes = new Set([...problems.flatMap((problem) => problem.nodes), ...(rejection?.nodes ?? [])]);
    return { nodes, edge: nodes.has(rejection?.edge?.target) ? rejection.edge : null };
    // A fit sends new slices with the same problems; only their text decides.
  }, [JSON.stringify(problems), rejection]);
  return { rejection, report, problems, marks };
}

function usePlaced(patch) {
  // A slice arrives with every moved slider; positions depend on this much of it.
  const shape = patch && JSON.stringify([patch.nodes.map((node) => [node.name, node.utility, node.position]), patch.edges]);
  return useMemo(() => (patch ? place(patch) : new Map()), [shape]);
}

function useWires({ patch, selectedKey, hovered, orientation }) {
  const [selected, setSelected] = useState(NO_WIRES);
  const chosen = useMemo(() => new Set(selectedKey ? selectedKey.split(" ") : []), [selectedKey]);
  const shape = patch && JSON.stringify([patch.nodes.map((node) => [node.name, node.utility]), patch.edges]);
  const edges = useMemo(
    () => (patch ? flowEdges(patch, { selected, hovered, chosen, orientation }) : []),
    [shape, selected, hovered, chosen, orientation],
  );
  const onEdgesChange = useCallback((changes) => {
    setSelected((previous) => {
      const next = new Set(previous);
      for (const { type, id, selected: on } of changes) if (type === "select") on ? next.add(id) : next.delete(id);
      return next;
    });
  }, []);
  return { edges, onEdgesChange, selectedWires: selected, clearWires: () => setSelected(NO_WIRES) };
}

function useCanvas({ model, call, host, store, onSelect, getSelected, orientation: fixed, api }) {
  const patch = useSlice(model, "patch");
  const catalog = useSlice(model, "catalog");
  const surface = useRef(null);
  const flow = useReactFlow();
  const orientation = useOrientation(host, fixed);
  const placed = usePlaced(patch);
  const { rejection, report, problems, marks } = useRejection(patch);
  const [initial] = useState(() => getSelected?.() ?? null);
  const shown = useFlowNodes({ patch, placed, marks, orientation, onSelect, initial });
  const frame = useFramedView({ flow, host, patch, orientation, nodes: shown.nodes });
  const [hovered, setHovered] = useState(null);
  const wires = useWires({ patch, selectedKey: shown.selectedKey, hovered, orientation });

  const latest = useRef(null);
  useLayoutEffect(() => {
    latest.current = { patch, placed, orientation, catalog };
  });
  const now = useCallback(() => latest.current, []);
  const { choose } = shown;
  const onAdded = useCallback((name) => choose([name]), [choose]);
  const actions = useActions({ call, now, report, onAdded, reveal: frame.reveal });
  const keys = useEditKeys({ surface, store, shown, wires, actions, frame });
  const moves = useMoves({ shown, actions });
  const add = usePaletteDrops({ model, surface, flow, now, actions, setHovered });
  useImperativeHandle(api, () => ({ select: shown.adopt, fitView: frame.fit, add, arrange: keys.arrange }));
  const context = useMemo(() => ({ store, cut: actions.cut, rename: keys.rename }), [store, actions, keys.rename]);
  return { patch, surface, orientation, rejection, report, problems, shown, frame, wires, actions, keys, moves, context };
}

function Graph({ canvas, wheelZooms }) {
  const { shown, wires, actions, moves, frame } = canvas;
  return (
    <ReactFlow
      nodes={shown.nodes}
      edges={wires.edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      connectionLineComponent={WireInHand}
      onNodesChange={shown.onNodesChange}
      onEdgesChange={wires.onEdgesChange}
      onConnect={(connection) => actions.connect(asEdge(connection))}
      onReconnect={(edge, connection) => actions.reconnect(edge.id, asEdge(connection))}
      onNodeDragStart={moves.onDragStart}
      onNodeDragStop={moves.onDragStop}
      onSelectionDragStart={(event, dragged) => moves.onDragStart(event, null, dragged)}
      onSelectionDragStop={(event, dragged) => moves.onDragStop(event, null, dragged)}
      onMoveStart={frame.onMoveStart}
      deleteKeyCode={null}
      panActivationKeyCode={null}
      zoomOnDoubleClick={false}
      zoomOnScroll={wheelZooms}
      preventScrolling={wheelZooms}
      nodeDragThreshold={3}
      connectionRadius={26}
      reconnectRadius={12}
      minZoom={0.2}
      maxZoom={2.5}
      ariaLabelConfig={SPOKEN_KEYS}
      // The style sheet puts it top right; the class names "top" and "right" would meet the host's own.
      attributionPosition="bottom-center"
      aria-label="Patch"
    >
      <Background gap={24} size={2} color="var(--ge-dot)" />
    </ReactFlow>
  );
}

function Overlays({ canvas, history, store, model, call }) {
  const { patch, rejection, problems, report, actions, keys, frame } = canvas;
  return (
    <>
      <ZoomBar onFit={frame.fit} onArrange={keys.arrange}>
        <ShowMenu model={model} store={store} call={call} report={report} />
      </ZoomBar>
      <OrderList patch={patch} store={store} />
      {patch && history && <HistoryBar patch={patch} undo={actions.undo} redo={actions.redo} />}
      {patch && <Legend patch={patch} store={store} />}
      <Messages rejection={rejection} problems={problems} onDismiss={() => report(null)} />
      {patch && keys.connecting && (
        <ConnectList
          patch={patch}
          name={keys.connecting}
          onConnect={actions.connect}
          onCut={(id) => actions.cut([id])}
          onClose={keys.closeConnect}
        />
      )}
    </>
  );
}

function Canvas(props) {
  const { store, history, wheelZooms, model, call } = props;
  const canvas = useCanvas(props);
  const { surface, orientation, shown, actions, keys, moves, context } = canvas;
  const walking = { nodes: shown.nodes, focusNode: keys.focusNode, nudge: moves.nudge };
  const commands = { ...keys, history, undo: actions.undo, redo: actions.redo };
  return (
    <EditorContext.Provider value={context}>
      <div
        ref={surface}
        className={`ge ge-${orientation}`}
        tabIndex={-1}
        onPointerDown={keys.takeFocus}
        onKeyDownCapture={(event) => onArrowKeys(event, walking)}
        onKeyDown={(event) => onEditKeys(event, commands)}
      >
        <Graph canvas={canvas} wheelZooms={wheelZooms} />
        <Overlays canvas={canvas} history={history} store={store} model={model} call={call} />
      </div>
    </EditorContext.Provider>
  );
}

export function GraphEditor(props) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}
