import KernelLanguage
import Raster

/// The result of a chain where it is selected, the picture elsewhere.
///
///     out = ⌊(m · result + (M − m) · picture + M / 2) / M⌋        m of 0…M from the mask
///
/// Rows that nothing is selected of are copied. The picture takes the depth of the result: 8 bits become
/// 16 by 257, 16 become 8 by rounding. Floats are not rounded.
struct SelectionStage: RowStage {
  let chain: ChainStage
  let region: Selection.Region
  let mask: Picture?

  /// - Throws: `FilterError` where the result has another shape than the picture.
  init(_ stages: [any RowStage], _ selection: Selection) throws(FilterError) {
    chain = ChainStage(stages)
    let (input, output) = (chain.input, chain.output)
    guard (input.width, input.height, input.color) == (output.width, output.height, output.color)
    else { throw .selectionShape(picture: PictureShape(input), result: PictureShape(output)) }
    region = try selection.fitted(to: input)
    mask = selection.mask
  }

  var input: PictureFormat { chain.input }
  var output: PictureFormat { chain.output }
  var preferredRows: Int { chain.preferredRows }
  var holdsInput: Bool { chain.holdsInput }
  /// What the chain holds, and the mask.
  var heldBytes: Int { chain.heldBytes.saturatingSum(mask?.format.pictureBytes ?? 0) }
  var wastesShortBands: Bool { chain.wastesShortBands }
  var operations: Double { chain.operations + 2 }
  var reasons: [String] { chain.reasons }
  var lateWarnings: [FilterWarning] { chain.lateWarnings }
  var summary: String {
    "\(region.columns.count)x\(region.rows.count)+\(region.columns.lowerBound)"
      + "+\(region.rows.lowerBound)\(mask == nil ? "" : " by a mask"): " + chain.summary
  }

  func inputRows(for rows: Range<Int>) -> Range<Int> {
    let selected = rows.clamped(to: region.rows)
    if selected.isEmpty { return rows }
    let needed = chain.inputRows(for: selected)
    return min(needed.lowerBound, rows.lowerBound)..<max(needed.upperBound, rows.upperBound)
  }

  func scratchBytes(rows: Int) -> Int {
    chain.scratchBytes(rows: rows)
      .saturatingSum(rows.saturatingProduct(rowPitch(output.bytesPerRow)))
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    for y in band.rows {
      if input.sample == output.sample {
        band.row(y).copyMemory(from: window.row(y), byteCount: input.bytesPerRow)
        continue
      }
      for channel in 0..<input.color.channels {
        copyChannel(
          channel, of: window.row(y), input, .all, to: band.row(y), channel: channel,
          output)
      }
    }
    let selected = band.rows.clamped(to: region.rows)
    if selected.isEmpty { return }
    let made = chain.made(selected, from: window, scratch)
    for y in selected {
      switch output.sample {
      case .uint8: select(UInt8.self, from: made.row(y), into: band.row(y), y, Self.level)
      case .uint16: select(UInt16.self, from: made.row(y), into: band.row(y), y, Self.level)
      case .float32: select(Float.self, from: made.row(y), into: band.row(y), y, Self.number)
      }
    }
  }

  /// What lies `weight` of `most` between a sample of the picture and one of the result.
  private static func level<Sample: FixedWidthInteger>(
    _ result: Sample, _ picture: Sample, _ weight: UInt64, _ most: UInt64
  ) -> Sample {
    let sum = weight * UInt64(result) + (most - weight) * UInt64(picture)
    return Sample(truncatingIfNeeded: (sum + most / 2) / most)
  }

  private static func number(
    _ result: Float, _ picture: Float, _ weight: UInt64, _ most: UInt64
  ) -> Float {
    // Nothing of what may be no number is nothing.
    if weight == 0 { return picture }
    if weight == most { return result }
    let part = Double(weight) / Double(most)
    return Float(part * Double(result) + (1 - part) * Double(picture))
  }

  @inline(__always)
  private func select<Sample: BitwiseCopyable>(
    _ type: Sample.Type, from result: UnsafeMutableRawPointer, into row: UnsafeMutableRawPointer,
    _ y: Int, _ mixed: (Sample, Sample, UInt64, UInt64) -> Sample
  ) {
    let channels = output.color.channels
    // Safety: both rows hold `width` pixels, and the region lies within them.
    let from = result.assumingMemoryBound(to: type)
    let to = row.assumingMemoryBound(to: type)
    guard let mask else {
      let first = region.columns.lowerBound * channels
      (to + first).update(from: from + first, count: region.columns.count * channels)
      return
    }
    // Safety: the mask has the size of the picture.
    let weights = mask.row(y)
    if mask.format.sample == .uint8 {
      mix(from, to, weights.assumingMemoryBound(to: UInt8.self), mixed)
    } else {
      mix(from, to, weights.assumingMemoryBound(to: UInt16.self), mixed)
    }
  }

  @inline(__always)
  private func mix<Sample, Weight: FixedWidthInteger>(
    _ from: UnsafePointer<Sample>, _ to: UnsafeMutablePointer<Sample>,
    _ weights: UnsafePointer<Weight>, _ mixed: (Sample, Sample, UInt64, UInt64) -> Sample
  ) {
    let channels = output.color.channels
    for x in region.columns {
      let weight = UInt64(weights[x])
      for index in x * channels..<(x + 1) * channels {
        to[index] = mixed(from[index], to[index], weight, UInt64(Weight.max))
      }
    }
  }
}
