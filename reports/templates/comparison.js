"use strict";
// Sorts and filters the tables marked for it. Without it every page is complete and in its first order.
for (const table of document.querySelectorAll("table[data-tools]")) {
  const body = table.tBodies[0], rows = [...body.rows], heads = [...table.tHead.rows[0].cells];
  const value = (row, at) => {
    const cell = row.cells[at];
    return cell.dataset.value ?? cell.textContent.trim();
  };
  const compare = (one, other) => {
    const left = Number(one), right = Number(other);
    return Number.isNaN(left) || Number.isNaN(right) ? one.localeCompare(other, "en", {numeric: true}) : left - right;
  };
  heads.forEach((head, at) => {
    if (!("sort" in head.dataset)) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(head.firstChild);
    head.prepend(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const ordered = [...rows].sort((one, other) => compare(value(one, at), value(other, at)) || rows.indexOf(one) - rows.indexOf(other));
      body.append(...(down ? ordered.reverse() : ordered));
    });
  });
  const tools = document.createElement("div"), status = document.createElement("span"), wanted = new Map();
  tools.className = "tools";
  status.setAttribute("role", "status");
  const narrow = () => {
    let left = 0;
    for (const row of rows) {
      row.hidden = [...wanted].some(([at, keep]) => !keep(at < 0 ? row.textContent : value(row, at)));
      left += row.hidden ? 0 : 1;
    }
    status.textContent = left === rows.length ? "" : `${left} of ${rows.length} rows shown`;
  };
  const add = (text, control, at, keep) => {
    const label = document.createElement("label");
    label.append(text, control);
    tools.append(label);
    control.addEventListener("input", () => {
      control.value ? wanted.set(at, found => keep(found, control.value)) : wanted.delete(at);
      narrow();
    });
  };
  const search = document.createElement("input");
  search.type = "search";
  add("Find", search, -1, (found, text) => found.toLowerCase().includes(text.toLowerCase()));
  heads.forEach((head, at) => {
    if (!("filter" in head.dataset)) return;
    const select = document.createElement("select");
    select.append(new Option("all", ""), ...[...new Set(rows.map(row => value(row, at)))].sort().map(text => new Option(text, text)));
    add((head.querySelector("button") ?? head).textContent.trim(), select, at, (found, text) => found === text);
  });
  tools.append(status);
  (table.closest(".scroll") ?? table).before(tools);
}
