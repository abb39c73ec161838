import ConvEngine

/// What a window of samples yields that is no weighted sum of them.
public enum Neighbourhood: Sendable, Hashable {
  /// The smallest or the largest member of a window, or what is made of those.
  case morphology(Morphology, StructuringElement)
  /// The member of a rank.
  case rank(Rank, StructuringElement)
  /// How far a sample lies from the mean of its window, in its deviations.
  case localNormalization(LocalNormalization)
  /// A mean by distance in space and in colour.
  case bilateral(Bilateral)
  /// A mean by how alike surroundings are.
  case nonLocalMeans(NonLocalMeans)
  /// Thin edges that hang together.
  case canny(Canny)
  /// Histograms of tiles made even, as far as `clip` lets them, on `columns` by `rows` tiles.
  case clahe(clip: Double, columns: Int, rows: Int)
  /// `in + amount · (in − correlate(kernel))`, with small differences left out.
  case unsharp(Kernel, amount: Double, UnsharpThreshold)
}

/// What becomes of small differences from the blurred picture.
public enum UnsharpThreshold: Sendable, Hashable {
  /// Twice the difference must reach this fraction of full intensity (ImageMagick's -unsharp).
  case fraction(Double)
  /// All come nearer to 0 by so many levels of the picture, those up to it become 0: no edge between
  /// what is sharpened and what is not.
  case soft(Double)
}

///     out = mean + deviation · (in − m) / max(s, floor)      m, s: mean and deviation of the window
public struct LocalNormalization: Sendable, Hashable {
  /// Of the window, in samples (≥ 1).
  public var width: Int
  public var height: Int
  /// In fractions of full intensity.
  public var mean: Double
  public var deviation: Double
  /// The smallest deviation that is divided by: even areas stay even.
  public var floor: Double
}

///     out = Σ w · in / Σ w,   w = exp(−d² / 2·sigmaSpace²) · exp(−|Δ|² / 2·sigmaColor²)
///
/// over the samples up to ⌊size/2⌋ away; |Δ| is the sum of the differences of all colours.
///
/// - SeeAlso: Tomasi & Manduchi, ICCV 1998; OpenCV `bilateralFilter`.
public struct Bilateral: Sendable, Hashable {
  /// Side of the window, odd.
  public var size: Int
  /// In levels of 8 bits.
  public var sigmaColor: Double
  /// In samples.
  public var sigmaSpace: Double

  package init(size: Int, sigmaColor: Double, sigmaSpace: Double) {
    self.size = size
    self.sigmaColor = sigmaColor
    self.sigmaSpace = sigmaSpace
  }
}

///     out = Σ w · in / Σ w,   w = exp(−D / strength²)
///
/// over the samples of a window; D is the mean square of the differences between the surroundings of both,
/// of all colours.
///
/// - SeeAlso: Buades, Coll & Morel, CVPR 2005; OpenCV `fastNlMeansDenoising`.
public struct NonLocalMeans: Sendable, Hashable {
  /// In levels of 8 bits.
  public var strength: Double
  /// Side of the surroundings, odd.
  public var template: Int
  /// Side of the window, odd.
  public var search: Int

  package init(strength: Double, template: Int, search: Int) {
    self.strength = strength
    self.template = template
    self.search = search
  }

  /// How far from a sample others count.
  package var reach: Int { template / 2 + search / 2 }
}

/// - SeeAlso: Canny, A computational approach to edge detection, 1986; OpenCV `Canny`.
public struct Canny: Sendable, Hashable {
  /// An edge goes on where the gradient (Sobel, 3×3, of levels of 8 bits) exceeds this.
  public var low: Double
  /// An edge starts where it exceeds this.
  public var high: Double
  /// Of the Gaussian before, in samples; 0 for none.
  public var sigma: Double
  /// Whether the gradient is `√(x² + y²)` rather than `|x| + |y|`.
  public var isEuclidean: Bool
}

/// The morphology of gray levels; the element is not mirrored (OpenCV).
public enum Morphology: Sendable, Hashable, CaseIterable {
  /// The smallest member.
  case erode
  /// The largest member.
  case dilate
  /// Eroded, then dilated by the mirrored element: bright spots that do not hold it go.
  case open
  /// Dilated, then eroded by the mirrored element: dark spots that do not hold it go.
  case close
  /// Dilated minus eroded, from 0.
  case gradient
  /// The picture minus its opening, from 0.
  case topHat
  /// The closing minus the picture, from 0.
  case blackHat
}

/// Which of the members of a window, in ascending order.
public enum Rank: Sendable, Hashable {
  /// Number `⌊n / 2⌋` of n, from 0.
  case median
  /// Number `⌊n · percent / 100⌋`, the last one for 100 (SciPy's `percentile_filter`).
  case percent(Double)

  /// - Parameter count: members of the window (≥ 1).
  /// - Returns: a place from 0 in their ascending order.
  public func index(of count: Int) -> Int {
    switch self {
    case .median: count / 2
    case .percent(let percent):
      // As SciPy counts: the product first.
      min(Int(Double(count) * percent / 100), count - 1)
    }
  }
}

extension Neighbourhood {
  /// The members that one pass over the picture looks at.
  public var element: StructuringElement {
    switch self {
    case .morphology(_, let element), .rank(_, let element): element
    case .localNormalization(let kind): StructuringElement(width: kind.width, height: kind.height)
    case .bilateral(let kind): StructuringElement(width: kind.size, height: kind.size)
    case .nonLocalMeans(let kind):
      StructuringElement(width: 2 * kind.reach + 1, height: 2 * kind.reach + 1)
    // Neighbours' gradients are compared.
    case .canny: StructuringElement(width: 5, height: 5)
    case .clahe: StructuringElement(width: 1, height: 1)
    case .unsharp(let kernel, _, _):
      StructuringElement(width: kernel.width, height: kernel.height)
    }
  }

  /// What lies beyond the border where nothing is said: extremes are those of the samples inside.
  package var standardPadding: Padding {
    switch self {
    case .morphology: .truncate
    case .rank, .localNormalization, .bilateral, .nonLocalMeans, .canny, .clahe, .unsharp:
      .replicate
    }
  }

  /// Whether a turned picture has another result than the result turned.
  package var isDirectional: Bool {
    switch self {
    case .morphology, .rank, .localNormalization, .bilateral, .nonLocalMeans:
      !element.isUnchangedByTurns
    // Where neighbours are alike one side wins; tiles begin at the top left.
    case .canny, .clahe: true
    case .unsharp(let kernel, _, _): !kernel.isUnchangedByTurns
    }
  }

  /// The kernels that it applies.
  var kernels: [Kernel] {
    if case .unsharp(let kernel, _, _) = self { [kernel] } else { [] }
  }
}
