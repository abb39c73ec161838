/// What rearranges a picture or moves its levels, instead of weighing the samples of windows.
public enum PictureChange: Sendable, Hashable {
  /// Another size.
  case resize(Resizing)
  /// A part of the picture.
  case crop(Cropping)
  /// More pixels around the picture; what stands there is the stage's padding.
  case extend(Margins)
  /// Clockwise, by so many right angles (1 … 3).
  case rotate(quarters: Int)
  /// Left and right change places where horizontal, else top and bottom.
  case flip(horizontal: Bool)
  /// One channel of brightness instead of colours.
  case gray(GrayWeights)
  /// `out = top − in`
  case invert
  /// `out = ((in − black) / (white − black))^(1 / gamma)`, cut to 0 … 1.
  case levels(LevelMapping)
  /// Full intensity from this level on, 0 below.
  case threshold(SampleLevel)
}

/// Pixels added at each side (≥ 0).
public struct Margins: Sendable, Hashable {
  public var left: Int
  public var top: Int
  public var right: Int
  public var bottom: Int

  public init(left: Int, top: Int, right: Int, bottom: Int) {
    (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
  }
}

/// How much red, green and blue weigh in the brightness.
///
/// - SeeAlso: ITU-R BT.601-7, 2.5.1; ITU-R BT.709-6, 3.2.
public enum GrayWeights: Sendable, Hashable, CaseIterable {
  /// `0.299 R + 0.587 G + 0.114 B`
  case rec601
  /// `0.2126 R + 0.7152 G + 0.0722 B`
  case rec709

  /// In ten-thousandths.
  package var tenThousandths: (red: Int, green: Int, blue: Int) {
    switch self {
    case .rec601: (2990, 5870, 1140)
    case .rec709: (2126, 7152, 722)
    }
  }
}

/// A level of a sample.
public enum SampleLevel: Sendable, Hashable {
  /// On the scale of the samples of the picture that was read: 0 … 255, 0 … 65535 or 0 … 1.
  case levels(Double)
  /// In per cent of full intensity.
  case percent(Double)

  /// As a part of full intensity.
  ///
  /// - Parameter top: full intensity of the picture that was read, in levels.
  package func part(top: Double) -> Double {
    switch self {
    case .levels(let value): value / top
    case .percent(let value): value / 100
    }
  }
}

/// The levels that become 0 and full intensity, and the bend in between.
public struct LevelMapping: Sendable, Hashable {
  public var black: SampleLevel
  public var white: SampleLevel
  /// Above 1 brightens (> 0).
  public var gamma: Double

  public init(black: SampleLevel, white: SampleLevel, gamma: Double = 1) {
    (self.black, self.white, self.gamma) = (black, white, gamma)
  }
}

extension PictureChange {
  /// Whether pixels are moved or made whole, so that no channel can be left out.
  package var movesPixels: Bool {
    switch self {
    case .resize, .crop, .extend, .rotate, .flip, .gray: true
    case .invert, .levels, .threshold: false
    }
  }

  /// Whether results lie between the levels of the input, so that more bits show more.
  package var blends: Bool {
    switch self {
    case .resize(let resizing): resizing.method != .nearest
    case .gray, .levels: true
    case .crop, .extend, .rotate, .flip, .invert, .threshold: false
    }
  }

  /// Whether a turned picture would have another result.
  var isDirectional: Bool {
    switch self {
    case .resize(let resizing): resizing.isDirectional
    case .crop, .extend, .rotate, .flip: true
    case .gray, .invert, .levels, .threshold: false
    }
  }
}
