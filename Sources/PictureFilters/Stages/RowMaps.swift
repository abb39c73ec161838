internal import CConvKernels
import Raster
import Synchronization

/// Another depth, sample by sample: 8 bits become 16 by 257, 16 become 8 by rounding; levels become floats as
/// they are, and floats from 0 to 1 levels from black to white, rounded, others the nearest of these.
struct DepthStage: RowStage {
  let input: PictureFormat
  let output: PictureFormat
  /// Where floats become levels.
  private let cut: CutNumbers?

  /// Whether numbers were met that are no levels.
  private final class CutNumbers: Sendable {
    let seen = Atomic<Bool>(false)
  }

  init(_ input: PictureFormat, to sample: SampleType) {
    self.input = input
    cut = input.sample == .float32 && sample != .float32 ? CutNumbers() : nil
    output = PictureFormat(
      width: input.width, height: input.height, color: input.color, sample: sample)
  }

  var summary: String {
    if input.sample == output.sample { return "as it is" }
    return switch output.sample {
    case .float32: "to floats"
    case .uint16: "to 16 bits"
    case .uint8: "to 8 bits"
    }
  }
  var lateWarnings: [FilterWarning] {
    cut?.seen.load(ordering: .relaxed) == true ? [.cutNumbers] : []
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
      if let cut, !cut.seen.load(ordering: .relaxed), goesBeyond(window.row(y)) {
        cut.seen.store(true, ordering: .relaxed)
      }
    }
  }

  /// Whether a row of floats holds one that is no level, and next to none.
  private func goesBeyond(_ row: UnsafeRawPointer) -> Bool {
    // Half a level is rounded, not cut.
    let half = 0.5 / Float(output.sample.maximum)
    let samples = UnsafeBufferPointer(
      start: row.assumingMemoryBound(to: Float.self), count: input.samplesPerRow)
    return samples.contains { !($0 >= -half && $0 <= 1 + half) }
  }
}
