import KernelLanguage

/// The words of `--normalize`.
enum NormalizeChoice: String, CaseIterable {
  case none, unit, balanced

  var value: KernelNormalization {
    switch self {
    case .none: .none
    case .unit: .unit
    case .balanced: .balanced
    }
  }
}

/// The words of `--range`.
enum RangeChoice: String, CaseIterable {
  case clamp, abs, offset, auto

  var value: ResultRange {
    switch self {
    case .clamp: .clamp
    case .abs: .absolute
    case .offset: .offset
    case .auto: .auto
    }
  }
}

/// The words of `--alpha`.
enum AlphaChoice: String, CaseIterable {
  case auto, premultiply, keep, filter

  var value: AlphaRule {
    switch self {
    case .auto: .auto
    case .premultiply: .premultiply
    case .keep: .keep
    case .filter: .filter
    }
  }
}

/// The words of `--depth`.
enum DepthChoice: String, CaseIterable {
  case keep
  case eight = "8"
  case sixteen = "16"
  case float = "f32"

  var value: DepthRule {
    switch self {
    case .keep: .keep
    case .eight: .eight
    case .sixteen: .sixteen
    case .float: .float
    }
  }
}
