import ConvEngine
import KernelLanguage

extension Padding {
  /// Its name without values.
  var kind: String {
    switch self {
    case .constant, .color: "constant"
    case .levels: "levels"
    default: name
    }
  }
}
