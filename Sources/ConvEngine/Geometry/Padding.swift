/// What a window sees beyond the border of the picture.
public enum Padding: Sendable, Hashable {
  /// Zeros: `000|abcd|000`.
  case zero
  /// One value, in levels of the picture: `vvv|abcd|vvv`.
  case constant(Double)
  /// One value a colour channel, in levels of the picture; alpha is opaque there.
  case color([Double])
  /// One value a channel, on the scale on which white is 255, and not rounded: what the zeros of a
  /// layer stand for in levels.
  case levels([Double])
  /// The edge sample: `aaa|abcd|ddd`.
  case replicate
  /// Mirrored, edge sample repeated: `cba|abcd|dcb`.
  case reflect
  /// Mirrored, edge sample not repeated: `dcb|abcd|cba`.
  case reflect101
  /// The other end: `bcd|abcd|abc`.
  case wrap
  /// Nothing: only windows that lie inside are computed, the result shrinks.
  case valid
  /// Nothing: the sum is divided by the taps that lie inside.
  case truncate
}
