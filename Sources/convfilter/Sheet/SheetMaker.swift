import KernelLanguage
import Raster
import Reports

/// Filters pictures and lays them out.
struct SheetMaker {
  /// Its stages are those of the variants.
  let settings: PictureFilter.Settings
  let variants: [VariantArguments.Variant]
  let showsBefore: Bool
  /// The longest side of a picture, in pixels.
  let side: Int
  let threads: Int
  let diagnostics: Diagnostics

  /// - Throws: `CommandFailure` for pictures that cannot be read, and for filters that were asked
  ///   for by name and do not fit; others are left out with a warning.
  func sheet(of pictures: [FilePath], columns: Int?, title: String) throws -> ContactSheet {
    let row = variants.count + (showsBefore ? 1 : 0)
    let chosen =
      columns
      ?? (pictures.count > 1 && row > 1
        ? row : ContactSheet.columns(pictures.count.saturatingProduct(row)))
    try settings.memory.check(
      ContactSheet.bytes(
        tiles: pictures.count.saturatingProduct(row), columns: chosen, side: side),
      for: "the sheet", remedy: "show fewer pictures, or smaller ones with --side")
    var tiles: [ContactSheet.Tile] = []
    for file in pictures {
      var isNew = true
      if showsBefore { tiles.append(try tile(file, [], caption: file.shown, &isNew)) }
      for variant in variants {
        let caption =
          showsBefore || pictures.count == 1
          ? variant.caption : "\(file.shown): \(variant.caption)"
        do {
          tiles.append(try tile(file, variant.stages, caption: caption, &isNew))
        } catch let failure as CommandFailure where !variant.isNamed {
          diagnostics.warning("\(variant.caption) is left out: \(failure.message)", at: "\(file)")
        }
      }
    }
    guard !tiles.isEmpty else {
      throw CommandFailure("no kernel fits the picture", at: "\(pictures[0])")
    }
    return ContactSheet(title: title, tiles: tiles, columns: chosen, side: side)
  }

  /// - Parameter isNew: whether nothing has been said of the file yet.
  private func tile(
    _ file: FilePath, _ stages: [Stage], caption: String, _ isNew: inout Bool
  ) throws -> ContactSheet.Tile {
    var settings = settings
    settings.stages = stages
    let (read, _) = try FilteredPicture.read(file, settings, threads: threads, atMost: side) {
      try KernelArguments.stage("resize:\($0)x\($0)")
    }
    if isNew { read.noteOthers(file, diagnostics) }
    isNew = false
    return ContactSheet.Tile(read.picture, caption: caption)
  }
}
