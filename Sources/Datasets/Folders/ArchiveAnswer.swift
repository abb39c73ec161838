import Raster

/// What a process has found in an archive, for the others that train on it, too.
enum ArchiveAnswer {
  case samples([ImageFolder.Sample])
  /// What is wrong with the archive.
  case failure(String)

  /// As one process tells them another.
  ///
  ///     1, number of samples, (archive, offset, size, name, class) …       0, text
  ///
  /// Texts are their length and their bytes; numbers are words of 64 bits.
  static func encoded(_ answers: [ArchiveAnswer]) -> [UInt8] {
    var bytes: [UInt8] = []
    func add(_ number: Int) { withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) } }
    func add(_ text: some Collection<UInt8>) {
      add(text.count)
      bytes += text
    }
    for answer in answers {
      switch answer {
      case .samples(let samples):
        add(1)
        add(samples.count)
        for sample in samples {
          add(sample.place.archive.bytes)
          add(sample.place.offset)
          add(sample.place.size)
          add(sample.file.bytes)
          add(sample.label.utf8)
        }
      case .failure(let reason):
        add(0)
        add(reason.utf8)
      }
    }
    return bytes
  }

  /// - Parameter bytes: as `encoded` made them.
  /// - Returns: none where they are something else: the process has found another folder there.
  static func decoded(_ bytes: [UInt8]) -> [ArchiveAnswer] {
    var rest = bytes[...]
    func number() -> Int? {
      guard rest.count >= 8 else { return nil }
      defer { rest = rest.dropFirst(8) }
      let value = rest.withUnsafeBytes { $0.loadUnaligned(as: Int.self) }
      return value >= 0 ? value : nil
    }
    func text() -> [UInt8]? {
      guard let count = number(), count <= rest.count else { return nil }
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    func sample() -> ImageFolder.Sample? {
      guard let archive = text(), let offset = number(), let size = number(), let file = text(),
        let label = text()
      else { return nil }
      return (
        FilePath(bytes: file), String(decoding: label, as: UTF8.self),
        ImageFolder.ArchivePlace(archive: FilePath(bytes: archive), offset: offset, size: size)
      )
    }
    var answers: [ArchiveAnswer] = []
    while !rest.isEmpty {
      guard let kind = number(), kind <= 1 else { return [] }
      if kind == 0 {
        guard let reason = text() else { return [] }
        answers.append(.failure(String(decoding: reason, as: UTF8.self)))
        continue
      }
      guard let count = number(), count <= rest.count else { return [] }
      var samples: [ImageFolder.Sample] = []
      for _ in 0..<count {
        guard let sample = sample() else { return [] }
        samples.append(sample)
      }
      answers.append(.samples(samples))
    }
    return answers
  }
}
