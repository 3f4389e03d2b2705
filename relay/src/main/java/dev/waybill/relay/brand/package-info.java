/// What a sending domain shows to recipients: a name, a logo, and the words around the unsubscribe
/// link that the relay adds.
///
/// Before it comes an operator, through `domains`, which keeps it all with the domain. This room
/// promises that what is kept fits its place, whatever was typed or uploaded: no text breaks out of
/// the line that it stands in, and a logo is a picture of one of four kinds, told by its own
/// octets, small enough for any page. After it come rendering, which adds the footer, and tracking,
/// which shows name and logo on the unsubscribe page.
///
/// Reading order: [Brand], [BrandWish], [Logo], [PictureFormat], [BrandStore].
@NullMarked
package dev.waybill.relay.brand;

import org.jspecify.annotations.NullMarked;
