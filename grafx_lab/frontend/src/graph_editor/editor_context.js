import { createContext, useContext } from "react";

// What nodes and wires need beyond their own data. Its value never changes during a mount, so it re-renders nobody.
export const EditorContext = createContext(null);
export const useEditor = () => useContext(EditorContext);
