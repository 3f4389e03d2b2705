/// Routes: where mail of some recipient domains goes instead of their MX, as the operator says.
///
/// *Before it:* what an operator wrote into the configuration. *Promise:* a domain has one route at
/// most, the most specific one; what a smarthost says about us is told apart from what it says
/// about the mail; nothing here touches the network or shows a password. *After it:* delivery takes
/// each delivery along its route.
///
/// Reading order: [RouteTable], [OperatorRoute], [DomainPattern], [Smarthost].
@NullMarked
package dev.waybill.relay.routes;

import org.jspecify.annotations.NullMarked;
