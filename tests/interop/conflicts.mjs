// Prints what the original Automerge library sees in an exported record:
//   node conflicts.mjs FILE FIELD  →  {"value": …, "conflicts": […], "actors": […], "changes": n}
import { readFileSync } from "node:fs";
import * as Automerge from "@automerge/automerge";

const [file, field] = process.argv.slice(2);
const document = Automerge.load(new Uint8Array(readFileSync(file)));
const plain = (value) => (value instanceof Automerge.RawString || value instanceof String ? value.toString() : value);
const conflicts = Automerge.getConflicts(document, field) ?? {};
console.log(
  JSON.stringify({
    value: plain(document[field]) ?? null,
    keys: Object.keys(document),
    conflicts: Object.values(conflicts).map(plain),
    actors: Object.keys(conflicts).map((id) => id.split("@")[1]),
    changes: Automerge.getAllChanges(document).length,
  }),
);
