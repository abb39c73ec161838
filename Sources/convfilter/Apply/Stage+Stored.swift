import ImageCodecs
import KernelLanguage

extension Stage {
  /// The same on the picture as the file holds it; nil where that is another one.
  func asStored(_ orientation: Orientation) -> Stage? {
    if case .change(.resize(let resizing)) = operation {
      // Of two samples that are equally near it takes the right or the lower one.
      if resizing.method == .nearest { return nil }
      var stage = self
      stage.operation = .change(
        .resize(orientation.swapsAxes ? resizing.transposed() : resizing))
      return stage
    }
    return isDirectional || hasStride ? nil : self
  }

  /// Pixels of a file's picture to one that is decoded, nil where all of it is.
  var denominator: Int? {
    guard case .change(.resize(let resizing)) = operation else { return nil }
    return resizing.reduction?.denominator
  }

  /// Whether its windows are apart: they start at the top left, wherever that is.
  private var hasStride: Bool {
    if case .pool(_, let width, let height) = operation { return width > 1 || height > 1 }
    return (geometry.strideX ?? 1, geometry.strideY ?? 1) != (1, 1)
  }
}
