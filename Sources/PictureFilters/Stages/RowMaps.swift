internal import CConvKernels
import Raster

/// Another depth, sample by sample: 8 bits become 16 by 257, 16 become 8 by rounding; levels become floats as
/// they are, and floats from 0 to 1 levels from black to white, rounded, others the nearest of these.
struct DepthStage: RowStage {
  let input: PictureFormat
  let output: PictureFormat

  init(_ input: PictureFormat, to sample: SampleType) {
    self.input = input
    output = PictureFormat(
      width: input.width, height: input.height, color: input.color, sample: sample)
  }

  var summary: String {
    output.sample == .float32 ? "to floats" : output.sample == .uint16 ? "to 16 bits" : "to 8 bits"
  }
  func inputRows(for rows: Range<Int>) -> Range<Int> { rows }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let line = PictureFormat(
      width: input.samplesPerRow, height: 1, color: .gray, sample: input.sample)
    var target = line
    target.sample = output.sample
    for y in band.rows {
      if input.sample == .uint8 && output.sample == .uint16 {
        // Safety: both rows hold `samplesPerRow` samples.
        MicroKernels.current.rows.widen_u8_u16(
          window.row(y).assumingMemoryBound(to: UInt8.self),
          band.row(y).assumingMemoryBound(to: UInt16.self), input.samplesPerRow)
        continue
      }
      if input.sample == output.sample {
        band.row(y).copyMemory(from: window.row(y), byteCount: input.bytesPerRow)
        continue
      }
      copyChannel(
        0, of: window.row(y), line, .all, to: band.row(y), channel: 0, target)
    }
  }
}
