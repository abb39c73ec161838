import Libc
import Raster

/// A function of single samples.
struct LevelStage: RowStage {
  let input: PictureFormat
  var output: PictureFormat { input }
  let summary: String
  /// The channels that it acts on; the others are copied.
  private let channels: [Int]
  private let top: Double
  private let cuts: Bool
  private let function: @Sendable (Double) -> Double
  /// The result for every sample, where they are integers.
  private let table: [UInt16]

  /// - Parameters:
  ///   - top: full intensity of the samples.
  ///   - cuts: whether floats are cut to 0 … full intensity, as integers are.
  ///   - function: from and to parts of full intensity.
  init(
    _ input: PictureFormat, channels: [Int], summary: String, top: Double, cuts: Bool = true,
    function: @escaping @Sendable (Double) -> Double
  ) {
    self.input = input
    self.channels = channels
    self.summary = summary
    self.top = top
    self.cuts = cuts
    self.function = function
    table =
      input.sample == .float32
      ? []
      : (0...input.sample.top).map {
        UInt16((min(max(function(Double($0) / top), 0), 1) * top + 0.5).rounded(.down))
      }
  }

  static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

  var heldBytes: Int { 2 * table.count }
  func inputRows(for rows: Range<Int>) -> Range<Int> { rows }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    for y in band.rows {
      let (source, target) = (window.row(y), band.row(y))
      if channels.count < input.color.channels {
        target.copyMemory(from: source, byteCount: input.bytesPerRow)
      }
      switch input.sample {
      case .uint8: map(UInt8.self, source, target) { UInt8(truncatingIfNeeded: table[Int($0)]) }
      case .uint16: map(UInt16.self, source, target) { table[Int($0)] }
      case .float32:
        map(Float.self, source, target) { sample in
          let value = sample.isNaN ? .nan : function(Double(sample) / top)
          return Float((cuts ? min(max(value, 0), 1) : value) * top)
        }
      }
    }
  }

  private func map<Sample: BitwiseCopyable>(
    _ type: Sample.Type, _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer,
    _ value: (Sample) -> Sample
  ) {
    // Safety: both rows hold `samplesPerRow` samples; tables have an entry for every sample.
    let samples = source.assumingMemoryBound(to: type)
    let results = target.assumingMemoryBound(to: type)
    let step = input.color.channels
    if channels.count == step {
      for index in 0..<input.samplesPerRow { results[index] = value(samples[index]) }
      return
    }
    for channel in channels {
      for index in stride(from: channel, to: input.samplesPerRow, by: step) {
        results[index] = value(samples[index])
      }
    }
  }
}
