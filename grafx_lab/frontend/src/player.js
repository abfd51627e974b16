// The A/B player in a notebook.

import { render } from "./ab_player.js";
import { panel } from "./host/anywidget.js";

export default panel(render);
