/// Numbers of 16 bits: the upper halves of floats.
enum Bfloat16 {
  /// Rounds to the nearest, to the even of two; what is no number stays none.
  static func round(
    _ count: Int, _ values: UnsafePointer<Float>, into rounded: UnsafeMutablePointer<UInt16>
  ) {
    for index in 0..<count {
      let bits = values[index].bitPattern
      let nearest = (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16
      let isNumber = bits & 0x7fff_ffff <= 0x7f80_0000
      rounded[index] = UInt16(truncatingIfNeeded: isNumber ? nearest : bits >> 16 | 0x40)
    }
  }

  static func widen(
    _ count: Int, _ rounded: UnsafePointer<UInt16>, into values: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<count { values[index] = Float(bitPattern: UInt32(rounded[index]) << 16) }
  }
}
