// What the page asks of the stand-in: its state, a person's acts, and a contact's record in the CRM.

async function asJson(response) {
  return response.json().catch(() => ({ ok: false, error: `HTTP ${response.status}`, errors: {} }));
}

export async function fetchState(user, since) {
  const query = new URLSearchParams();
  if (user) query.set("user", user);
  if (since !== undefined) query.set("since", since);
  const response = await fetch(`/page/state?${query}`);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.json();
}

export async function sendAct(act) {
  try {
    const headers = { "content-type": "application/json" };
    return await asJson(await fetch("/page/act", { method: "POST", headers, body: JSON.stringify(act) }));
  } catch (error) {
    return { ok: false, error: String(error), errors: {} };
  }
}

export async function fetchRecord(id) {
  return asJson(await fetch(`/page/crm?id=${encodeURIComponent(id)}`));
}
