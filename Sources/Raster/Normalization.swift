/// What happens to levels before a network sees them: by channel, mean to 0 and deviation to 1.
///
///     in[c] = level[c] · scale[c] + shift[c]
///     scale = 1 / (255 · deviation)        shift = −mean / deviation
///
/// Levels are 0…255. Both factors are rounded to single precision once, so that training,
/// prediction and the kernels taken from a model agree.
public struct Normalization: Sendable, Hashable {
  /// Mean of each channel, on a scale where white is 1.
  public let mean: [Float]
  /// Standard deviation of each channel, on the same scale (> 0).
  public let deviation: [Float]

  /// - Parameters:
  ///   - mean: one value a channel.
  ///   - deviation: one value a channel (≥ 0); 0 (a channel that never changes) counts as 1.
  public init(mean: [Float], deviation: [Float]) {
    precondition(mean.count == deviation.count, "a deviation for each mean")
    precondition(deviation.allSatisfy { $0 >= 0 && $0.isFinite }, "no negative deviations")
    self.mean = mean
    self.deviation = deviation.map { $0 > 0 ? $0 : 1 }
  }

  /// Levels divided by 255, and no more.
  public static func unit(channels: Int) -> Normalization {
    Normalization(
      mean: [Float](repeating: 0, count: channels),
      deviation: [Float](repeating: 1, count: channels))
  }

  /// The factor of each channel.
  public var scale: [Float] { deviation.map { Float(1 / (255 * Double($0))) } }

  /// The term of each channel.
  public var shift: [Float] { zip(mean, deviation).map { Float(-Double($0) / Double($1)) } }

  /// What the first layer sees.
  ///
  /// - Parameter levels: 0…255, channel innermost.
  /// - Returns: as many values, in the same order.
  public func apply(_ levels: [Float]) -> [Float] {
    [Float](unsafeUninitializedCapacity: levels.count) { values, count in
      levels.withUnsafeBufferPointer { levels in
        if let to = values.baseAddress { apply(levels, to: to) }
      }
      count = levels.count
    }
  }

  /// The same on memory of the caller.
  ///
  /// - Parameters:
  ///   - levels: whole pixels.
  ///   - values: as many, written.
  public func apply(_ levels: UnsafeBufferPointer<Float>, to values: UnsafeMutablePointer<Float>) {
    let channels = mean.count
    precondition(levels.count % channels == 0, "whole pixels")
    // Some pixels at a time, so that neighbours share an instruction.
    let pixels = 16
    let scale = [[Float]](repeating: scale, count: pixels).flatMap { $0 }
    let shift = [[Float]](repeating: shift, count: pixels).flatMap { $0 }
    // Safety: a run ends with the levels, or with the factors.
    scale.withUnsafeBufferPointer { scale in
      shift.withUnsafeBufferPointer { shift in
        for first in stride(from: 0, to: levels.count, by: scale.count) {
          for place in 0..<min(scale.count, levels.count - first) {
            values[first + place] = levels[first + place] * scale[place] + shift[place]
          }
        }
      }
    }
  }
}
