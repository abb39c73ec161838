import Raster

extension Metadata {
  /// Makes what is said about the pixels true of a result.
  ///
  /// Sizes become its sizes, a picture that was turned stands upright in EXIF and XMP, and what shows
  /// the picture as it was goes: the thumbnails of EXIF, XMP and Photoshop, and pictures in maker
  /// notes.
  ///
  /// - Parameters:
  ///   - turned: whether the pixels were turned upright.
  ///   - moved: whether pixels lie elsewhere than in the picture that was read.
  /// - Returns: what was taken out though nothing in the result stands for it, in words.
  public mutating func describe(
    _ result: PictureFormat, turned: Bool, moved: Bool = false
  ) -> [String] {
    var lost: [String] = []
    if let bytes = exif, var block = ExifBlock(bytes) {
      block.removeThumbnail()
      lost += block.removePictures().map {
        let tag = String($0, radix: 16, uppercase: true)
        return "a picture in EXIF (tag 0x\(String(repeating: "0", count: 4 - tag.count))\(tag))"
      }
      if turned || moved, block.removeGeoreference() { lost.append("a georeference (GeoTIFF)") }
      block.describe(result, turned: turned)
      exif = block.bytes
    }
    if let bytes = xmp {
      var packet = XMPPacket(bytes)
      packet.describe(result, turned: turned)
      xmp = packet.bytes
    }
    if let bytes = photoshop { photoshop = PhotoshopResources(bytes).withoutThumbnails }
    if turned, loseGainMap() { lost.append("a gain map") }
    if turned || moved {
      // Where the picture lies on a page, how large its pixels are in the world, and which halves two eyes see.
      let places = ["oFFs", "sCAL", "sTER"]
      lost += places.filter { name in chunks.contains { $0.name == name } }.map { "\($0) of PNG" }
      chunks.removeAll { places.contains($0.name) }
    }
    return lost
  }
}

extension Metadata {
  /// Says that the picture stands upright, whatever was said.
  mutating func stand() {
    if let bytes = exif, var block = ExifBlock(bytes) {
      for entry in block.main?.entries ?? [] where entry.tag == ExifBlock.Tag.orientation {
        block.set(entry, to: 1)
      }
      exif = block.bytes
    }
    if let bytes = xmp {
      var packet = XMPPacket(bytes)
      packet.set(XMPPacket.Namespace.tiff, "Orientation", to: "1")
      xmp = packet.bytes
    }
  }
}

extension ExifBlock {
  fileprivate mutating func describe(_ result: PictureFormat, turned: Bool) {
    let exif = directory(Tag.exif, of: main)
    let related = directory(Tag.related, of: exif)
    let sizes = [
      (main, Tag.width, Tag.height), (exif, Tag.pixelsAcross, Tag.pixelsDown),
      (related, Tag.relatedWidth, Tag.relatedHeight),
    ]
    for (directory, width, height) in sizes {
      for entry in directory?.entries ?? [] {
        if entry.tag == width { set(entry, to: result.width) }
        if entry.tag == height { set(entry, to: result.height) }
      }
    }
    guard turned else { return }
    for entry in main?.entries ?? [] where entry.tag == Tag.orientation { set(entry, to: 1) }
  }
}

extension XMPPacket {
  fileprivate mutating func describe(_ result: PictureFormat, turned: Bool) {
    remove(Namespace.basic) { $0 == "Thumbnails" }
    set(Namespace.tiff, "ImageWidth", to: "\(result.width)")
    set(Namespace.tiff, "ImageLength", to: "\(result.height)")
    set(Namespace.exif, "PixelXDimension", to: "\(result.width)")
    set(Namespace.exif, "PixelYDimension", to: "\(result.height)")
    if turned { set(Namespace.tiff, "Orientation", to: "1") }
  }
}
