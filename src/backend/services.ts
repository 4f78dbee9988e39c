// The parts of one backend.

import type { Settings } from "./options.js";
import type { Report } from "./report.js";
import type { Store } from "./store.js";

export interface Services {
  settings: Settings;
  store: Store;
  report: Report;
}
