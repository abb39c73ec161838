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
