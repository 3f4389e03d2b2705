'use strict';
// How Haraka answers in the checks (see hosts.py), as a plugin of its own: which is how Haraka is told such things.
const fs = require('node:fs');
const path = require('node:path');
const outbound = require('./outbound');
const DSN = require('haraka-dsn');

const MOST = 3;
let open = 0;
let number = 0;
let greyKnown = false;

exports.register = function () {
  this.register_hook('connect', 'limit');
  this.register_hook('capabilities', 'clear', 10);
  this.register_hook('mail', 'strict');
  this.register_hook('rcpt', 'recipient');
  this.register_hook('queue', 'keep');
  this.register_hook('disconnect', 'gone');
};

exports.limit = function (next, connection) {
  open += 1;
  connection.notes.counted = true;
  if (open > MOST) {
    connection.loginfo(this, 'too many connections');
    return next(DENYSOFTDISCONNECT, '4.7.0 Too many connections');
  }
  next();
};

exports.gone = function (next, connection) {
  if (connection.notes.counted) open -= 1;
  next();
};

exports.clear = function (next, connection) {
  if (connection.local.ip === process.env.CLEAR) {
    connection.capabilities = connection.capabilities.filter(each => each !== 'STARTTLS');
    connection.tls.advertised = false;
  }
  next();
};

exports.strict = function (next, connection) {
  if (connection.local.ip === process.env.STRICT && !connection.tls.enabled) {
    return next(DENY, DSN.sec_unauthorized('Must issue a STARTTLS command first'));
  }
  next();
};

exports.recipient = function (next, connection, [to]) {
  switch (to.user) {
    case 'nobody': return next(DENY, DSN.no_such_user('No such user'));
    case 'full': return next(DENY, DSN.create(552, 'Mailbox full', 2, 2));
    case 'grey':
      if (!greyKnown) {
        greyKnown = true;
        return next(DENYSOFT, DSN.create(451, 'Greylisted, try again', 7, 1));
      }
  }
  next(OK);
};

exports.keep = function (next, connection) {
  const { transaction } = connection;
  const from = transaction.mail_from.address();
  const to = transaction.rcpt_to.map(each => each.address());
  transaction.message_stream.get_data(data => {
    if (to[0].startsWith('late@')) {
      // further on to a domain that is not there: Haraka gives up and reports it
      outbound.send_email(from, 'late@nowhere.example', data.toString('latin1'), code => next(code));
      return;
    }
    number += 1;
    const file = path.join(process.env.BOX, `${process.pid}.${number}`);
    fs.writeFileSync(`${file}.part`, data);
    fs.renameSync(`${file}.part`, `${file}.mail`);
    to.forEach(each => connection.loginfo(this, `cases: taken for <${each}>`));
    next(OK);
  });
};
