import CImageCodecs

/// Looks for the one gain map behind the picture of a JPEG file, as its index of pictures gives it.
///
/// Nothing is believed that does not hold together: an index whose pictures lie outside the file or over one
/// another, and a map that is no whole JPEG, are as none.
struct GainMapSearch {
  let index: MultiPictureIndex
  /// Where the TIFF block of the index stands in the file.
  let start: Int
  /// Where the file goes on behind the header of the picture.
  let headerEnd: Int
  /// Bytes of the file.
  let length: Int
  /// Bytes that a map may have.
  let most: Int

  /// Where the pictures stand, the first one first; nil where they cannot.
  private var places: [Range<Int>]? {
    guard let first = index.entries.first, first.offset == 0, first.size > 0 else { return nil }
    let others = index.entries.dropFirst().map { entry in
      start + entry.offset..<start + entry.offset + entry.size
    }
    let places = [0..<first.size] + others
    let sorted = places.sorted { $0.lowerBound < $1.lowerBound }
    let isApart = zip(sorted, sorted.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
    let isInside = others.allSatisfy { $0.lowerBound >= headerEnd && $0.upperBound <= length }
    return isApart && isInside ? places : nil
  }

  /// The map and its place in the file; nil where there is none, and where there are several.
  ///
  /// - Parameters:
  ///   - notice: the segment of the picture that announces it.
  ///   - read: the bytes of a place in the file, nil where they are not there.
  func found(
    notice: [UInt8]?, reading read: (Range<Int>) -> [UInt8]?
  ) -> (map: Metadata.GainMap, place: Range<Int>)? {
    guard let places else { return nil }
    var found: (map: Metadata.GainMap, place: Range<Int>)?
    let kinds = [MultiPictureIndex.Kind.undefined, MultiPictureIndex.Kind.gainMap]
    for (entry, place) in zip(index.entries, places).dropFirst() {
      guard kinds.contains(entry.type), place.count <= most, let bytes = read(place),
        let map = Metadata.GainMap(bytes, type: entry.type, notice: notice)
      else { continue }
      if found != nil { return nil }
      found = (map, place)
    }
    return found
  }
}

extension GainMapSearch {
  /// The search in a file whose header has been read; nil where there is nothing to look for.
  ///
  /// - Parameters:
  ///   - reader: of the file, at its first scan.
  ///   - limit: bytes that a map and all segments may have together.
  init?(_ reader: OpaquePointer, _ segments: [JPEGSegment], limit: Int) {
    let places = segments.indices.filter { segments[$0].isMultiPictureIndex }
    guard places.count == 1, let index = MultiPictureIndex(segments[places[0]].bytes) else {
      return nil
    }
    self.index = index
    start =
      Int(codec_jpeg_reader_segment_offset(reader, places[0])) + MultiPictureIndex.name.count
    headerEnd = Int(codec_jpeg_reader_offset(reader))
    length = Int(codec_jpeg_reader_file_length(reader))
    most = limit - segments.reduce(0) { $0 + $1.bytes.count }
  }

  /// Bytes of the file; nil where they are not all there.
  static func read(_ reader: OpaquePointer, _ place: Range<Int>) -> [UInt8]? {
    var isWhole = false
    let bytes = [UInt8](unsafeUninitializedCapacity: place.count) { buffer, count in
      // Safety: C writes `place.count` bytes, or says that it has not.
      isWhole =
        codec_jpeg_reader_copy(
          reader, Int64(place.lowerBound), buffer.baseAddress, place.count) != 0
      count = isWhole ? place.count : 0
    }
    return isWhole ? bytes : nil
  }
}
