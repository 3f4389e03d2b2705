// Resend's own SDK against the admin API: KEY and RESEND_BASE_URL say where; the argument is a domain to walk through.
const assert = require('node:assert/strict');
const { Resend } = require('resend');

const name = process.argv[2];
const resend = new Resend(process.env.KEY);
const good = ({ data, error }) => { assert.equal(error, null, JSON.stringify(error)); return data; };
const bad = ({ data, error }, status, kind, text) => {
  assert.equal(data, null);
  assert.equal(error.statusCode, status);
  assert.equal(error.name, kind);
  assert.match(error.message, text);
};

(async () => {
  const created = good(await resend.domains.create({ name, region: 'eu-west-1', customReturnPath: 'outbound' }));
  assert.equal(created.name, name);
  assert.equal(created.status, 'not_started');
  assert.deepEqual(created.records.map(r => `${r.record} ${r.type} ${r.name}`).slice(0, 3),
    ['SPF MX outbound', 'SPF TXT outbound', 'DKIM TXT wb1._domainkey']);
  assert.match(created.records[2].value, /^v=DKIM1; k=rsa; p=/);
  const { id } = created;

  bad(await resend.domains.create({ name }), 409, 'validation_error', /not registered yet/);
  bad(await resend.domains.create({ name: 'not a domain' }), 422, 'validation_error', /"not a domain"/);
  bad(await resend.domains.create({ name: 'co.uk' }), 422, 'validation_error', /public suffix/);
  bad(await resend.domains.create({ name: 'a.example', customReturnPath: '-x' }), 422, 'validation_error', /custom_return_path/);

  const listed = good(await resend.domains.list());
  assert.equal(listed.object, 'list');
  assert.ok(listed.data.some(domain => domain.id === id));

  const second = good(await resend.domains.create({ name: `second.${name}` }));
  const page = good(await resend.domains.list({ limit: 1, before: second.id }));
  assert.deepEqual(page.data.map(domain => domain.id), [id]);
  assert.deepEqual(good(await resend.domains.list({ after: id })).data.map(domain => domain.id), [second.id]);
  good(await resend.domains.remove(second.id));

  good(await resend.domains.update({ id, clickTracking: true, openTracking: true, tls: 'enforced' }));
  bad(await resend.domains.update({ id, tls: 'always' }), 422, 'validation_error', /always/);
  const changed = good(await resend.domains.get(id));
  assert.deepEqual([changed.open_tracking, changed.click_tracking, changed.tls], [true, true, 'enforced']);
  assert.equal(good(await resend.domains.verify(id)).id, id);

  const key = good(await resend.apiKeys.create({ name: 'SDK', permission: 'sending_access', domain_id: id }));
  assert.match(key.token, /^wb_/);
  bad(await resend.apiKeys.create({ name: '' }), 422, 'missing_required_field', /name/);
  bad(await resend.apiKeys.create({ name: 'x', domainId: id }), 422, 'validation_error', /domainId.*domain_id/);
  assert.equal(good(await resend.apiKeys.list()).data.find(k => k.id === key.id).domain_id, id);
  bad(await new Resend(key.token).domains.list(), 403, 'restricted_api_key', /only send/);
  bad(await new Resend('wb_nonsense').domains.list(), 403, 'invalid_api_key', /not known/);
  good(await resend.apiKeys.remove(key.id));
  bad(await resend.apiKeys.remove(key.id), 404, 'not_found', /no API key/);

  const sent = good(await resend.emails.list({ limit: 5 }));
  assert.equal(sent.object, 'list');
  for (const { id: email, from } of sent.data) {
    const one = good(await resend.emails.get(email));
    assert.deepEqual([one.object, one.id, one.from], ['email', email, from]);
    assert.ok(one.to.length > 0);
    assert.ok(one.last_event);
  }
  const nobody = '0199f3a2-6c1e-7c44-9a55-2f0f3b5d8e11';
  bad(await resend.emails.get(nobody), 404, 'not_found', /no email/);
  bad(await resend.emails.cancel(nobody), 404, 'not_found', /no email/);

  const emails = ['ann@nobody.example', 'bob@nobody.example'];
  const entries = good(await resend.suppressions.batch.add({ emails })).data;
  assert.equal(entries.length, 2);
  assert.equal(good(await resend.suppressions.get(emails[0])).id, entries[0].id);
  assert.equal(good(await resend.suppressions.list({ origin: 'manual' })).data.length, 2);
  assert.equal(good(await resend.suppressions.list({ origin: 'bounce' })).data.length, 0);
  bad(await resend.suppressions.batch.add({ emails: ['ann@nobody.example', 'no address'] }), 422, 'validation_error', /entry 2/);
  assert.equal(good(await resend.suppressions.remove(emails[0])).deleted, true);
  bad(await resend.suppressions.get(emails[0]), 404, 'not_found', /ann@nobody/);
  assert.deepEqual(good(await resend.suppressions.batch.remove({ emails })).data.map(entry => entry.deleted), [false, true]);

  assert.equal(good(await resend.domains.remove(id)).deleted, true);
  bad(await resend.domains.get(id), 404, 'not_found', /no domain/);
  bad(await resend.domains.remove('nonsense'), 404, 'not_found', /nonsense/);
})().catch(fault => { console.error(fault); process.exitCode = 1; });
