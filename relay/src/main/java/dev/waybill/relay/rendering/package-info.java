/// Rendering: the bytes that one recipient gets, made from the bytes that an application submitted.
///
/// Before this room come `queue`, which hands over due deliveries, `domains` with the sender's
/// settings and keys, and `tokens`. It promises that only what the product announces is changed:
/// the header fields that it adds and removes, links and the pixel where tracking is on, the
/// unsubscribe link, and nothing else; that signed, encrypted, attached and unclear parts are
/// passed on as they are; that a copy made again is the same but for the signature's time; and that
/// every copy is signed last. After it comes `delivery`, which puts the copy on the wire.
///
/// Read [Renderer] with [RenderingSettings] and [RenderedCopy]; then [PreparedMessage], which holds
/// what all copies share, [AddedFields] and [ControlFields] for the header; then [TextPart] with
/// [HtmlPlaces] for what to change in a part, and [PartText] for how the encoded bytes change.
/// [Comparisons] shows what became of a message: an [Explanation] of [Change]s, each with its
/// [Reason].
@NullMarked
package dev.waybill.relay.rendering;

import org.jspecify.annotations.NullMarked;
