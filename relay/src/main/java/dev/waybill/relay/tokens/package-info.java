/// Tokens: what a link, a pixel and a return path say when they come back, provable without a row.
///
/// Before this room come `storage`, which keeps and seals the keys, and `events`, which names
/// deliveries. It promises that a token reads back exactly what it was made of, that nobody without
/// a key can read one, make one or turn one kind into another, that the same content gives the same
/// token, and that tokens outlive every database row but their key. After it come `rendering`,
/// which writes tokens into copies, and `tracking` and `feedback`, which read them when they come
/// back.
///
/// Read [Tokens], then [TokenBox] for the bytes and [Base32] for the letters.
@NullMarked
package dev.waybill.relay.tokens;

import org.jspecify.annotations.NullMarked;
