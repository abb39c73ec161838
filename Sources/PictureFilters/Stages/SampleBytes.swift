import Raster

/// One value as the bytes of a sample, rounded and saturated.
func sampleBytes(_ value: Double, _ element: Element) -> [UInt8] {
  func bytes<Value: FixedWidthInteger>(_ type: Value.Type, _ top: Double) -> [UInt8] {
    let whole = Value(min(max((value + 0.5).rounded(.down), 0), top))
    return withUnsafeBytes(of: whole) { Array($0) }
  }
  switch element {
  case .uint8: return bytes(UInt8.self, 255)
  case .uint16: return bytes(UInt16.self, 65535)
  case .int32: return bytes(Int32.self, 0x7fff_ffff)
  case .int64: return bytes(Int64.self, 0x1p62)
  }
}

/// Copies one channel of the picked pixels of a row, scaled to the other depth.
///
/// 8 bits become 16 by 257, 16 become 8 by rounding.
func copyChannel(
  _ channel: Int, of source: UnsafeRawPointer, _ input: PictureFormat, _ picked: PickedColumns,
  to target: UnsafeMutableRawPointer, channel targetChannel: Int, _ output: PictureFormat
) {
  let (from, to) = (input.color.channels, output.color.channels)
  let inside = picked.inside(width: input.width, count: output.width)
  // Safety: those inside lie within the row.
  func copy<A: BitwiseCopyable, B: BitwiseCopyable>(_ a: A.Type, _ b: B.Type, _ convert: (A) -> B) {
    let samples = source.assumingMemoryBound(to: A.self) + channel
    let results = target.assumingMemoryBound(to: B.self) + targetChannel
    for x in inside { results[x * to] = convert(samples[(picked.first + x * picked.step) * from]) }
    for x in 0..<inside.lowerBound { results[x * to] = convert(samples[0]) }
    for x in inside.upperBound..<output.width {
      results[x * to] = convert(samples[(input.width - 1) * from])
    }
  }
  switch (input.sample, output.sample) {
  case (.uint8, .uint8): copy(UInt8.self, UInt8.self) { $0 }
  case (.uint8, .uint16): copy(UInt8.self, UInt16.self) { UInt16($0) * 257 }
  case (.uint16, .uint8):
    copy(UInt16.self, UInt8.self) { UInt8((UInt32($0) + 128) / 257) }
  case (.uint16, .uint16): copy(UInt16.self, UInt16.self) { $0 }
  case (.uint8, .float32): copy(UInt8.self, Float.self) { Float($0) }
  case (.uint16, .float32): copy(UInt16.self, Float.self) { Float($0) }
  // A number that is none is not greater than nothing.
  case (.float32, .uint8):
    copy(Float.self, UInt8.self) { $0 > 0 ? UInt8(min($0, 1) * 255 + 0.5) : 0 }
  case (.float32, .uint16):
    copy(Float.self, UInt16.self) { $0 > 0 ? UInt16(min($0, 1) * 65535 + 0.5) : 0 }
  case (.float32, .float32):
    copy(Float.self, Float.self) { $0 }
  }
}
