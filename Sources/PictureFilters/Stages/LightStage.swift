import Raster

/// Encoded sRGB values to amounts of light and back; alpha is scaled only.
///
/// 8-bit samples become light in 16 bits, which tells all 256 of them apart. 65536 samples need
/// more: near black a step is a thirteenth of one in light. They become light in floats on the scale
/// of 16 bits, and come back as the nearest sample: what is not filtered stays as it is.
///
/// - SeeAlso: IEC 61966-2-1, 5.2.
struct LightStage: RowStage {
  let input: PictureFormat
  let output: PictureFormat
  private let curve: Curve
  private let isDecoding: Bool

  private enum Curve: Sendable {
    /// The result for every sample.
    case table([UInt16])
    case decoding([Float])
    case encoding(NearestSamples)
  }

  /// Full intensity of light, in the numbers of either form.
  static let white = 65535.0

  /// From encoded values.
  ///
  /// - Parameter fine: whether 16 bits do not suffice for the light.
  init(decoding input: PictureFormat, fine: Bool) {
    self.input = input
    var output = input
    output.sample = fine ? .float32 : .uint16
    self.output = output
    isDecoding = true
    let levels = (0...input.sample.top).map {
      SRGBCurve.light(of: Double($0) / input.sample.maximum) * Self.white
    }
    curve =
      fine
      ? .decoding(levels.map { Float($0) }) : .table(levels.map { UInt16($0.rounded()) })
  }

  /// From amounts of light.
  init(encoding input: PictureFormat, to sample: SampleType) {
    self.input = input
    var output = input
    output.sample = sample
    self.output = output
    isDecoding = false
    curve =
      input.sample == .float32
      ? .encoding(NearestSamples(top: sample.top))
      : .table(
        (0...65535).map {
          UInt16((SRGBCurve.level(of: Double($0) / Self.white) * sample.maximum).rounded())
        })
  }

  var summary: String { isDecoding ? "to linear light" : "to sRGB" }
  func inputRows(for rows: Range<Int>) -> Range<Int> { rows }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    for y in band.rows {
      switch (curve, input.sample, output.sample) {
      case (.table(let table), .uint8, _):
        map(window.row(y), band.row(y)) { (sample: UInt8) in table[Int(sample)] }
      case (.table(let table), _, _):
        map(window.row(y), band.row(y)) { (sample: UInt16) in
          UInt8(truncatingIfNeeded: table[Int(sample)])
        }
      case (.decoding(let levels), .uint8, _):
        map(window.row(y), band.row(y)) { (sample: UInt8) in levels[Int(sample)] }
      case (.decoding(let levels), _, _):
        map(window.row(y), band.row(y)) { (sample: UInt16) in levels[Int(sample)] }
      case (.encoding(let encoding), _, .uint8):
        map(window.row(y), band.row(y)) { (light: Float) in UInt8(encoding.sample(light)) }
      case (.encoding(let encoding), _, _):
        map(window.row(y), band.row(y)) { (light: Float) in UInt16(encoding.sample(light)) }
      }
      if input.color.hasAlpha { scaleAlpha(window.row(y), band.row(y)) }
    }
  }

  private func map<A, B>(
    _ row: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ value: (A) -> B
  ) {
    // Safety: both rows hold `samplesPerRow` samples; tables have an entry for every sample.
    let samples = row.assumingMemoryBound(to: A.self)
    let results = target.assumingMemoryBound(to: B.self)
    for x in 0..<input.samplesPerRow { results[x] = value(samples[x]) }
  }

  private func scaleAlpha(_ row: UnsafeRawPointer, _ target: UnsafeMutableRawPointer) {
    let (channels, alpha) = (input.color.channels, input.color.channels - 1)
    // Safety: both rows hold `width` pixels whose last sample is alpha.
    func scale<A, B>(_ value: (A) -> B) {
      let samples = row.assumingMemoryBound(to: A.self) + alpha
      let results = target.assumingMemoryBound(to: B.self) + alpha
      for x in 0..<input.width { results[x * channels] = value(samples[x * channels]) }
    }
    switch (input.sample, output.sample) {
    case (.uint8, .float32): scale { (sample: UInt8) in Float(sample) * 257 }
    case (.uint16, .float32): scale { (sample: UInt16) in Float(sample) }
    case (.float32, .uint8): scale { (value: Float) in UInt8(Self.whole(value / 257, 255)) }
    case (.float32, _): scale { (value: Float) in UInt16(Self.whole(value, 65535)) }
    default:
      copyChannel(
        alpha, of: row, input, .all, to: target, channel: alpha, output)
    }
  }

  private static func whole(_ value: Float, _ top: Float) -> Float {
    min(max((value + 0.5).rounded(.down), 0), top)
  }

  /// The nearest sample of an amount of light.
  private struct NearestSamples: Sendable {
    /// The light from which on sample `index + 1` is nearer than sample `index`.
    private let borders: [Float]
    /// The sample of every whole amount.
    private let guesses: [UInt16]

    init(top: Int) {
      borders = (0..<top).map {
        Float(SRGBCurve.light(of: (Double($0) + 0.5) / Double(top)) * LightStage.white)
      }
      guesses = (0...65535).map {
        UInt16((SRGBCurve.level(of: Double($0) / LightStage.white) * Double(top)).rounded())
      }
    }

    func sample(_ light: Float) -> Int {
      guard light > 0 else { return 0 }
      var sample = Int(guesses[Int(min(light, 65535))])
      // A dozen steps near black, hardly any elsewhere.
      while sample < borders.count, light >= borders[sample] { sample += 1 }
      while sample > 0, light < borders[sample - 1] { sample -= 1 }
      return sample
    }
  }
}
