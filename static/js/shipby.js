/* Every page works without this file; it only makes pages quicker to use. */
import "./theme.js";
import "./form_page.js";
import "./menus.js";
import "./countdown.js";
import "./selection.js";
import "./confirm.js";
import "./copy.js";
import "./progress.js";
import "./pulse.js";
import "./shortcuts.js";
import "./row_edit.js";
import "./counter.js";
import "./grid.js";
import "./columns.js";
