import Raster

/// Brings samples from the byte order of a file to the machine's, or back.
///
/// - Parameters:
///   - row: whole samples.
///   - isBigEndian: whether the file has the high byte first.
func orderBytes(
  _ row: UnsafeMutableRawBufferPointer, of sample: SampleType, isBigEndian: Bool
) {
  if isBigEndian == (1.bigEndian == 1) { return }
  switch sample {
  case .uint8: break
  case .uint16:
    let samples = row.bindMemory(to: UInt16.self)
    for index in samples.indices { samples[index] = samples[index].byteSwapped }
  case .float32:
    let samples = row.bindMemory(to: UInt32.self)
    for index in samples.indices { samples[index] = samples[index].byteSwapped }
  }
}
