#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How far two pictures of one shape are apart.
///
/// Levels are those of the pictures: 0…255 or 0…65535, called 0…L below; n samples, all channels.
public struct PictureDifference: Sendable, Equatable {
  /// L, the level of full intensity.
  public var fullLevel: Double
  /// n, the samples of a picture.
  public var samples: Int
  /// Samples that are not the same.
  public var differing: Int
  /// max |a − b|, in levels.
  public var largest: Int
  /// Column, row and channel of the first sample that is so far apart, from 0; nil for equal pictures.
  public var place: Place?
  /// Σ |a − b| / n, in levels.
  public var mean: Double
  /// √(Σ (a − b)² / n), in levels.
  public var rootMeanSquare: Double
  /// Structural similarity, the mean over channels and windows; nil where no window of 11×11 fits.
  public var ssim: Double?
  /// The same over five scales; nil where no window fits at the smallest: below 161 pixels an axis.
  public var multiScaleSSIM: Double?

  public struct Place: Sendable, Equatable {
    public var x: Int
    public var y: Int
    public var channel: Int

    public init(x: Int, y: Int, channel: Int) {
      (self.x, self.y, self.channel) = (x, y, channel)
    }
  }

  /// 20 · log₁₀(L / RMSE), in decibels; infinite for equal pictures.
  public var peakSignalToNoise: Double {
    rootMeanSquare == 0 ? .infinity : 20 * log10(fullLevel / rootMeanSquare)
  }

  /// The share of the samples that are not the same, 0…1.
  public var share: Double { Double(differing) / Double(samples) }
}
