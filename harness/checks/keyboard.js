(() => {
  // What can be reached by keyboard, and has room on the page; of radio buttons that belong together, one.
  const look = (element) => {
    const s = getComputedStyle(element);
    return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.border, s.backgroundColor, s.color,
            s.textDecoration].join(" ");
  };
  const name = (element) => element.outerHTML.slice(0, 160);
  const first = (group) => group.find((e) => e.checked) ?? group[0];
  const stops = [...document.querySelectorAll(
    "a[href], button, summary, input:not([type=hidden]), select, textarea, [tabindex='0']")]
    .filter((e) => !e.disabled && e.tabIndex >= 0)
    .filter((e) => e.type !== "radio" || !e.name || e === first([...document.getElementsByName(e.name)]))
    .filter((e) => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length)
    .slice(0, 100);
  // What a mouse can act on and no keyboard.
  const mouse = [...document.querySelectorAll("[onclick], [role=button], [role=link], a:not([href])")]
    .filter((e) => e.tabIndex < 0 && (e.onclick || e.role) && e.checkVisibility({visibilityProperty: true})
      && !e.querySelector("a[href], button, input"))
    .slice(0, 10);
  globalThis.asked = { stops, plain: stops.map(look) };
  globalThis.focused = () => {
    const e = document.activeElement, at = stops.indexOf(e);
    return !e || e === document.body ? null : [name(e), at >= 0 && look(e) !== globalThis.asked.plain[at]];
  };
  return { stops: stops.map(name), mouse: mouse.map(name) };
})()
