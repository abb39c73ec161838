import Libc

/// How far two pictures of one shape are apart.
///
/// Levels are those of the pictures: 0…255, 0…65535 or floats; n samples, all channels. Where both pictures hold
/// the same infinity, or what is no number (NaN), they are alike. Where only one does, the samples differ: by
/// infinity, or, for NaN, by what no figure counts.
public struct PictureDifference: Sendable, Equatable {
  /// L, from black to white: what scikit-image calls the data range.
  public var dataRange: Double
  /// n, the samples of a picture.
  public var samples: Int
  /// Samples that are not the same.
  public var differing: Int
  /// Samples that are a number in one picture only; among those that differ, left out of all figures below.
  public var incomparable = 0
  /// max |a − b|, in levels.
  public var largest: Double
  /// Column, row and channel of the first sample that is so far apart, from 0; nil for equal pictures.
  public var place: Place?
  /// Σ |a − b| / n, in levels; not a number where no samples can be compared.
  public var mean: Double
  /// √(Σ (a − b)² / n), in levels.
  public var rootMeanSquare: Double
  /// Structural similarity, the mean over channels and windows; nil where no window of 11×11 fits that holds
  /// numbers only.
  public var ssim: Double?
  /// The same over five scales; nil where no window fits at the smallest: below 161 pixels an axis.
  public var multiScaleSSIM: Double?

  public struct Place: Sendable, Equatable {
    public var x: Int
    public var y: Int
    public var channel: Int
  }

  /// 20 · log₁₀(L / RMSE), in decibels; infinite for equal pictures.
  public var peakSignalToNoise: Double {
    rootMeanSquare == 0 ? .infinity : 20 * log10(dataRange / rootMeanSquare)
  }

  /// The share of the samples that are not the same, 0…1.
  public var share: Double { Double(differing) / Double(samples) }
}
