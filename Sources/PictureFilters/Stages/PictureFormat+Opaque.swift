import Raster

extension PictureFormat {
  /// Whether alpha is full in all pixels of a row.
  func isOpaque(_ row: UnsafeRawPointer) -> Bool {
    // Safety: a row holds `width` pixels of as many bytes as the word; alpha is their last sample.
    func all<Pixel: UnsignedInteger & FixedWidthInteger & BitwiseCopyable>(_ type: Pixel.Type)
      -> Bool
    {
      var common = Pixel.max
      for x in 0..<width {
        common &= row.loadUnaligned(
          fromByteOffset: x &* MemoryLayout<Pixel>.size, as: Pixel.self)
      }
      let alpha = Pixel(littleEndian: common) >> (Pixel.bitWidth - 8 * sample.byteCount)
      return Int(alpha) == sample.top
    }
    switch color.channels * sample.byteCount {
    case 2: return all(UInt16.self)
    case 4: return all(UInt32.self)
    default: return all(UInt64.self)
    }
  }
}
