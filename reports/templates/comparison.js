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
      const total = row => row.classList.contains("total");
      const sign = down ? -1 : 1;
      body.append(...[...rows].sort((one, other) => total(other) - total(one) || sign * compare(value(one, at), value(other, at))));
    });
  });
  const tools = document.createElement("div"), status = document.createElement("span"), wanted = new Map();
  tools.className = "tools";
  status.setAttribute("role", "status");
  const narrow = () => {
    let left = 0;
    for (const row of rows) {
      row.hidden = [...wanted.values()].some(keep => !keep(row));
      left += row.hidden ? 0 : 1;
    }
    status.textContent = left === rows.length ? "" : `${left} of ${rows.length} rows shown`;
  };
  const add = (text, control, keep) => {
    const label = document.createElement("label");
    label.append(text, control);
    tools.append(label);
    control.addEventListener("input", () => {
      control.value ? wanted.set(control, row => keep(row, control.value)) : wanted.delete(control);
      narrow();
    });
  };
  const choose = (text, of) => {
    const found = [...new Set(rows.map(of))].sort();
    if (found.length < 2) return;
    const select = document.createElement("select");
    select.append(new Option("all", ""), ...found.map(item => new Option(item, item)));
    add(text, select, (row, wish) => of(row) === wish);
  };
  if ("find" in table.dataset) {
    const search = document.createElement("input");
    search.type = "search";
    add("Find", search, (row, wish) => row.textContent.toLowerCase().includes(wish.toLowerCase()));
  }
  for (const name of (table.dataset.filters ?? "").split(" ").filter(Boolean)) {
    choose(name[0].toUpperCase() + name.slice(1), row => row.dataset[name]);
  }
  heads.forEach((head, at) => {
    if ("filter" in head.dataset) choose((head.querySelector("button") ?? head).textContent.trim(), row => value(row, at));
  });
  if (!tools.children.length) continue;
  tools.append(status);
  (table.closest(".scroll") ?? table).before(tools);
}
