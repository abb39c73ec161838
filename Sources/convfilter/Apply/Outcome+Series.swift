import ImageCodecs

extension Outcome.Failure {
  /// Several pictures are to go into a file for one.
  init(
    notHeldBy format: FileFormat, _ reader: PictureReader, _ picture: borrowing OpenPicture
  ) {
    let series = reader.series
    let what =
      if let frames = series?.frames {
        "\(frames) frames of an animation"
      } else if let count = series?.count {
        "\(count) \(series?.areChannels == true ? "channels" : "pictures")"
      } else {
        "several pictures"
      }
    let names =
      if series?.areChannels == true {
        ".npy or .tif"
      } else {
        series?.plays != nil ? ".png, .webp or .tif" : ".tif or .ppm"
      }
    let kind = (format == .avif ? "an " : "a ") + format.name
    // These formats have a place for several, which nobody fills here.
    let holds = format == .avif || format == .jpegXL ? "is written with one" : "holds one"
    self.init(
      place: picture.name,
      message: "holds \(what), \(kind) file \(holds); choose one by --page N (the first "
        + "by --first-picture), or name the result \(names)")
  }
}
