extension SourceHandle {
  /// What the last chunks of a PNG file say, nil where they say nothing or where the file cannot be read twice.
  /// Nothing is passed over.
  ///
  /// Programs that add to a file put texts, XMP and EXIF there (ExifTool does).
  func metadataBehindPixels(_ limits: Limits) -> Metadata? {
    guard let size, size > 64 else { return nil }
    // Blocks of cameras have a few kilobytes; what stands farther back is found with the last row.
    let count = min(size - 33, 64 << 10)
    guard seek(to: size - count) else { return nil }
    defer { _ = seek(to: 0) }
    guard let tail = try? bytes(count, of: .png, "") else { return nil }
    let chunks = Self.chunksBehindPixels(tail)
    if chunks.isEmpty { return nil }
    // They are read as those before the pixel of another picture.
    let header = APNGFile.chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
    let file =
      APNGFile.signature + header + chunks + APNGFile.chunk("IDAT", []) + APNGFile.chunk("IEND", [])
    guard
      let reader = try? PNGReader(
        SourceHandle(.bytes(file)), limits, .tolerate, namesFrames: false, looksBehind: false)
    else { return nil }
    return reader.metadata
  }

  /// The chunks between the pixels and the end that say something, of the last bytes of a file.
  private static func chunksBehindPixels(_ tail: [UInt8]) -> [UInt8] {
    tail.withUnsafeBufferPointer { tail in
      let last = APNGFile.chunk("IEND", [])
      guard
        let end = (0...tail.count - last.count).last(where: {
          // The checksum ends in this.
          tail[$0 + 11] == 0x82 && tail[$0..<$0 + 12].elementsEqual(last)
        })
      else { return [] }
      func length(_ at: Int) -> Int { APNGFile.number(tail[at..<at + 4]) }
      func isName(_ at: Int) -> Bool {
        tail[at..<at + 4].allSatisfy { (65...90).contains($0) || (97...122).contains($0) }
      }
      /// Where the chunks from here on begin; nil unless they lead to the last one.
      func chain(_ start: Int) -> [Int]? {
        var places: [Int] = []
        var at = start
        while at < end {
          guard isName(at + 4), length(at) <= end - at - 12 else { return nil }
          places.append(at)
          at += 12 + length(at)
        }
        return at == end ? places : nil
      }
      guard let places = (0..<end).lazy.compactMap({ chain($0) }).first else { return [] }
      return places.filter {
        !["IDAT", "fdAT", "fcTL"].contains(String(decoding: tail[$0 + 4..<$0 + 8], as: UTF8.self))
      }.flatMap { tail[$0..<$0 + 12 + length($0)] }
    }
  }
}
