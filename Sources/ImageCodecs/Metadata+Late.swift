extension Metadata {
  /// What `late` says and this does not, as chunks of PNG that may stand behind the pixels.
  ///
  /// Texts, EXIF, XMP and chunks that are kept as they are may; all else that is kept stands before them.
  func chunksBehindRows(_ late: Metadata) -> [Segment] {
    let late = late.translated(to: .png).metadata
    var chunks = self.chunks.missing(of: late.chunks)
    if exif == nil, let exif = late.exif { chunks.append(Segment(name: "eXIf", bytes: exif)) }
    if xmp == nil, let xmp = late.xmp {
      var text = Text(keyword: Array("XML:com.adobe.xmp".utf8), text: xmp)
      text.international = true
      chunks.append(text.chunk)
    }
    return chunks + texts.missing(of: late.texts).map(\.chunk)
  }

  /// With what another part of the same file says and this does not.
  func completed(by other: Metadata) -> Metadata {
    var result = self
    result.exif = exif ?? other.exif
    result.xmp = xmp ?? other.xmp
    result.photoshop = photoshop ?? other.photoshop
    result.texts += texts.missing(of: other.texts)
    result.chunks += chunks.missing(of: other.chunks)
    return result
  }
}

extension Array where Element: Equatable {
  /// What others have more of.
  fileprivate func missing(of others: [Element]) -> [Element] {
    var known = self
    return others.filter { other in
      guard let index = known.firstIndex(of: other) else { return true }
      known.remove(at: index)
      return false
    }
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
