import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Encoded sRGB values to amounts of light in 16 bits, and back; alpha is scaled only.
///
/// - SeeAlso: IEC 61966-2-1, 5.2.
struct LightStage: RowStage {
  let input: PictureFormat
  let output: PictureFormat
  /// The result for every sample of the input.
  private let table: [UInt16]
  private let isDecoding: Bool

  /// From encoded values.
  init(decoding input: PictureFormat) {
    var output = input
    output.sample = .uint16
    self.input = input
    self.output = output
    isDecoding = true
    table = Self.table(input.sample.top, 65535, Self.light)
  }

  /// From amounts of light.
  init(encoding input: PictureFormat, to sample: SampleType) {
    var output = input
    output.sample = sample
    self.input = input
    self.output = output
    isDecoding = false
    table = Self.table(65535, sample.top, Self.encoded)
  }

  var summary: String { isDecoding ? "to linear light" : "to sRGB" }
  func inputRows(for rows: Range<Int>) -> Range<Int> { rows }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    for y in band.rows {
      switch (input.sample, output.sample) {
      case (.uint8, _): look(UInt8.self, UInt16.self, window.row(y), band.row(y))
      case (_, .uint8): look(UInt16.self, UInt8.self, window.row(y), band.row(y))
      default: look(UInt16.self, UInt16.self, window.row(y), band.row(y))
      }
      if input.color.hasAlpha {
        let alpha = input.color.channels - 1
        copyChannel(
          alpha, of: window.row(y), input, first: 0, step: 1, to: band.row(y), channel: alpha,
          output)
      }
    }
  }

  private func look<A: FixedWidthInteger, B: FixedWidthInteger>(
    _ a: A.Type, _ b: B.Type, _ row: UnsafeRawPointer, _ target: UnsafeMutableRawPointer
  ) {
    // Safety: both rows hold `samplesPerRow` samples; the table has an entry for every sample.
    let samples = row.assumingMemoryBound(to: A.self)
    let results = target.assumingMemoryBound(to: B.self)
    table.withUnsafeBufferPointer { table in
      for x in 0..<input.samplesPerRow {
        results[x] = B(truncatingIfNeeded: table[Int(samples[x])])
      }
    }
  }

  private static func table(_ from: Int, _ to: Int, _ curve: (Double) -> Double) -> [UInt16] {
    (0...from).map { UInt16((curve(Double($0) / Double(from)) * Double(to)).rounded()) }
  }

  private static func light(_ value: Double) -> Double {
    value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }

  private static func encoded(_ value: Double) -> Double {
    value <= 0.0031308 ? value * 12.92 : 1.055 * pow(value, 1 / 2.4) - 0.055
  }
}
