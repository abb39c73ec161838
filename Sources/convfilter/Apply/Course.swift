import ImageCodecs
import KernelLanguage

/// How a picture comes to its filters: turned upright, or as it is stored, beside stages that are
/// laid on their side like it.
struct Course: Equatable {
  /// How the picture is turned before it is filtered.
  let turn: Orientation
  /// What it is filtered by then.
  let stages: [Stage]

  /// As far as the reader has said how to turn: directional filters see the picture upright, and so
  /// does a file that cannot say it.
  init(_ reader: PictureReader, _ fileFormat: FileFormat, _ settings: PictureFilter.Settings) {
    let orientation = reader.metadata.orientation
    let tagStays = settings.keepsMetadata && fileFormat == reader.fileFormat
    if tagStays, let stages = settings.stages(asStored: orientation) {
      self.turn = .upright
      self.stages = stages
    } else {
      self.turn = orientation
      self.stages = settings.stages
    }
  }
}

extension PictureFilter.Settings {
  /// The stages that make of a picture as it is stored what they would make of the upright one; nil
  /// where there are none.
  fileprivate func stages(asStored orientation: Orientation) -> [Stage]? {
    if orientation == .upright { return stages }
    let geometry = options.geometry
    guard selection.isEverything, options.anchor == nil,
      (geometry.strideX ?? 1, geometry.strideY ?? 1) == (1, 1),
      geometry.dilationX == geometry.dilationY
    else { return nil }
    var stored: [Stage] = []
    for stage in stages {
      guard let own = stage.asStored(orientation) else { return nil }
      stored.append(own)
    }
    return stored
  }
}

extension Stage {
  fileprivate func asStored(_ orientation: Orientation) -> Stage? {
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
