(requested, token) => {
  // Runs in a world of its own: the page's scripts cannot change what it sees.
  const asked = new URL(requested), caseUrl = asked.href;
  const root = document.documentElement;
  const html = root ? root.outerHTML : "";
  const seen = html.includes(token);
  const text = document.body ? document.body.innerText : "";
  const foreign = [...html.matchAll(/data-replay-token="([0-9a-f]{32})"/g)].some((m) => m[1] !== token);
  const onward = /continue|proceed|anyway|go on|i understand|accept|enter|weiter|continuer|continuar|kontynuuj|parhau/i;
  const leads = (address) => {
    try {
      const url = new URL(address, document.baseURI);
      url.hash = "";
      if (url.href === caseUrl || url.href.includes(encodeURIComponent(caseUrl))) return true;
      return url.host === asked.host && (url.pathname + url.search).endsWith(asked.pathname + asked.search);
    } catch { return false; }
  };
  let returns = false;
  if (!seen) {
    for (const link of document.querySelectorAll("a[href]"))
      returns ||= onward.test(link.textContent) && leads(link.getAttribute("href"));
    for (const form of document.querySelectorAll("form")) {
      const values = [...form.querySelectorAll("input")].map((input) => input.value);
      const label = [form.textContent, ...values].join(" ");
      returns ||= onward.test(label) && (leads(form.getAttribute("action") || "") || values.includes(caseUrl) || values.includes(requested));
    }
  }
  const refresh = document.querySelector('meta[http-equiv="refresh" i]');
  const delay = refresh ? parseFloat(refresh.content) : -1;
  const captcha = !!document.querySelector('[class*="captcha" i], [id*="captcha" i], iframe[src*="captcha" i]');
  let stored = false;
  try { stored = sessionStorage.length > 0 || localStorage.length > 0; } catch {}
  return {
    url: document.URL, title: document.title.slice(0, 500), seen, foreign, returns, captcha, stored,
    miss: html.includes("data-replay-miss"), text: text.slice(0, 200000), delay: Number.isFinite(delay) ? delay : -1,
    html: seen ? "" : html.slice(0, 500000),
  };
}
