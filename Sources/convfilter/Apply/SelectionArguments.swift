import ArgumentParser
import ImageCodecs
import PictureFilters
import Raster
import Text

/// Options that say which part of a picture takes the result.
struct SelectionArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Filter only this part, the rest stays: 200x100+30+40 (X and Y from the top left corner).",
      valueName: "WxH+X+Y"))
  var region: String?

  @Option(
    help: ArgumentHelp(
      "A gray picture of the same size: white takes the result, black keeps the picture.",
      valueName: "file"),
    completion: .file())
  var mask: String?

  @Option(
    help: ArgumentHelp(
      "What a result with alpha is laid on where the format holds none: #rgb, #rrggbb, R,G,B, white or "
        + "black (default: the picture's own background, else white).", valueName: "colour"))
  var background: String?

  func validate() throws { _ = try (parsedRegion(), parsedBackground()) }

  func parsedRegion() throws -> Selection.Region? {
    try OptionText.value(region, of: "--region", expected: "a size and a place as 200x100+30+40") {
      Selection.Region($0)
    }
  }

  func parsedBackground() throws -> Metadata.Background? {
    try OptionText.value(
      background, of: "--background", expected: "a colour as #ffcc00, 255,204,0 or navy"
    ) { Metadata.Background(color: $0) }
  }
}
