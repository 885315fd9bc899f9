(() => {
  // Runs in a world of its own: the page's scripts cannot change what it sees.
  const text = (value, most) => String(value ?? "").replace(/\s+/g, " ").trim().slice(0, most);
  const all = (selector, most) => [...document.querySelectorAll(selector)].slice(0, most);
  const leads = (link) => {
    try { return new URL(link.getAttribute("href"), document.baseURI).href.slice(0, 1000); } catch { return ""; }
  };
  const told = [];  // what is shown or said besides text
  for (const element of all("[alt], [title], [aria-label], input, textarea", 300))
    for (const value of [element.getAttribute("alt"), element.title, element.getAttribute("aria-label"),
                         element.type === "hidden" ? "" : element.value])
      if (value) told.push(text(value, 500));
  return {
    language: document.documentElement.lang,
    title: text(document.title, 500),
    text: (document.body ? document.body.innerText : "").slice(0, 20000),
    told,
    links: all("a[href], area[href]", 200).map((link) => [leads(link), text(link.textContent || link.ariaLabel, 300)]),
    actions: all("form, button, input[type=submit], input[type=button]", 50)
      .map((item) => text([item.textContent, item.value].join(" "), 300)),
  };
})()
