extension Metadata {
  /// What `late` says and this does not, as chunks of PNG that may stand behind the pixels.
  ///
  /// Texts, EXIF and XMP may; all else that is kept stands before them.
  func chunksBehindRows(_ late: Metadata) -> [Segment] {
    var chunks: [Segment] = []
    if exif == nil, let exif = late.exif { chunks.append(Segment(name: "eXIf", bytes: exif)) }
    if xmp == nil, let xmp = late.xmp {
      var text = Text(keyword: Array("XML:com.adobe.xmp".utf8), text: xmp)
      text.international = true
      chunks.append(text.chunk)
    }
    var known = texts
    for text in late.texts where text.hasKeyword {
      if let index = known.firstIndex(of: text) {
        known.remove(at: index)
      } else {
        chunks.append(text.chunk)
      }
    }
    return chunks
  }
}

extension Metadata.Text {
  /// The text as tEXt or iTXt, not compressed (W3C PNG, 11.3.3).
  fileprivate var chunk: Metadata.Segment {
    let head = keyword + [0]
    return international
      ? Metadata.Segment(
        name: "iTXt", bytes: head + [0, 0] + language + [0] + translatedKeyword + [0] + text)
      : Metadata.Segment(name: "tEXt", bytes: head + text)
  }
}
