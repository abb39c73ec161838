import KernelLanguage
import Raster

/// Brightness instead of colours; alpha is kept.
///
///     Y = ⌊r R + g G + b B + ½⌋
struct GrayStage: RowStage {
  let input: PictureFormat
  let output: PictureFormat
  private let weights: (red: Int, green: Int, blue: Int)
  let summary: String

  /// - Parameter input: a picture in RGB, with or without alpha.
  init(_ input: PictureFormat, weights: GrayWeights) {
    precondition(input.color == .rgb || input.color == .rgba, "brightness is of colours")
    self.input = input
    self.weights = weights.tenThousandths
    summary = "gray, Rec. \(weights == .rec601 ? 601 : 709)"
    var output = input
    output.color = input.color.hasAlpha ? .grayAlpha : .gray
    self.output = output
  }

  func inputRows(for rows: Range<Int>) -> Range<Int> { rows }
  var operations: Double { 3 }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    for y in band.rows {
      switch input.sample {
      case .uint8: weigh(UInt8.self, window.row(y), band.row(y))
      case .uint16: weigh(UInt16.self, window.row(y), band.row(y))
      case .float32: weighFloats(window.row(y), band.row(y))
      }
    }
  }

  private func weigh<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ type: Sample.Type, _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer
  ) {
    let (from, to) = (input.color.channels, output.color.channels)
    // Full intensity times 10000 fits 32 bits.
    let (red, green, blue) = (
      UInt32(weights.red), UInt32(weights.green), UInt32(weights.blue)
    )
    // Safety: the rows hold `width` pixels each.
    let samples = source.assumingMemoryBound(to: type)
    let results = target.assumingMemoryBound(to: type)
    for x in 0..<input.width {
      let pixel = samples + x * from
      let sum =
        red &* UInt32(truncatingIfNeeded: pixel[0]) &+ green
        &* UInt32(truncatingIfNeeded: pixel[1]) &+ blue &* UInt32(truncatingIfNeeded: pixel[2])
      results[x * to] = Sample(truncatingIfNeeded: (sum &+ 5000) / 10000)
      if to == 2 { results[x * to + 1] = pixel[3] }
    }
  }

  private func weighFloats(_ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer) {
    let (from, to) = (input.color.channels, output.color.channels)
    // Safety: as above.
    let samples = source.assumingMemoryBound(to: Float.self)
    let results = target.assumingMemoryBound(to: Float.self)
    for x in 0..<input.width {
      let pixel = samples + x * from
      let sum =
        Double(weights.red) * Double(pixel[0]) + Double(weights.green) * Double(pixel[1])
        + Double(weights.blue) * Double(pixel[2])
      results[x * to] = Float(sum / 10000)
      if to == 2 { results[x * to + 1] = pixel[3] }
    }
  }
}
