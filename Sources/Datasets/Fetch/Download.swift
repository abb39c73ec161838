import Libc

/// One file from one of several mirrors, resumed where a part of it is there already.
///
/// The program `curl` does the work: it knows proxies, certificates and redirections.
struct Download {
  let file: KnownDataset.PublishedFile
  /// Addresses of the file, the preferred one first.
  let addresses: [String]
  let folder: FetchFolder
  let dataset: KnownDataset

  private var part: String { file.name + ".part" }

  /// Fetches the file into the hidden folder, under its name, once its checksum is right.
  ///
  /// - Throws: `DatasetError.downloadFailed` with what each mirror did wrong, `.cannotWrite` where no
  ///   mirror could help.
  func run(_ report: (FetchEvent) -> Void) throws(DatasetError) {
    if folder.partial.size(file.name) == file.size { return }
    var attempts: [String] = []
    for address in addresses {
      report(.trying(file: file.name, address: address))
      var problem = try fetch(address, report)
      if problem?.mayStartOver == true {
        folder.remove(part)
        problem = try fetch(address, report)
      }
      guard let problem else {
        try folder.rename(part, to: file.name)
        return
      }
      attempts.append("\(address): \(problem.reason)")
      report(.failed(address: address, reason: problem.reason))
    }
    throw .downloadFailed(
      file: file.name, attempts: attempts, dataset: dataset, folder: "\(folder.target.path)")
  }

  private struct Problem {
    let reason: String
    /// Whether what was there before may be to blame.
    var mayStartOver = false
  }

  /// - Returns: nil where the whole file is there with the right checksum.
  private func fetch(
    _ address: String, _ report: (FetchEvent) -> Void
  ) throws(DatasetError) -> Problem? {
    var size = folder.partial.size(part) ?? 0
    if size > file.size {
      folder.remove(part)
      size = 0
    }
    let resumes = size > 0
    if size < file.size {
      let target = try folder.append(part)
      defer { close(target) }
      var isTooLong = false
      // The user's own settings (.curlrc) are for the user's own use of curl; -q is first or nothing.
      let arguments = [
        "-q", "--no-buffer", "--fail", "--location", "--silent", "--show-error", "--proto",
        "=http,https",
        "--connect-timeout", "20", "--speed-limit", "200", "--speed-time", "60", "--continue-at",
        "\(size)", "--", address,
      ]
      let outcome: Program.Outcome
      do {
        outcome = try Program(name: "curl").run(arguments) { bytes throws(DatasetError) in
          size += bytes.count
          if size > file.size {
            isTooLong = true
            throw .tooLong(file: file.name, limit: file.size)
          }
          try folder.write(bytes, to: target, part)
          report(.progress(file: file.name, received: size, size: file.size))
        }
      } catch  where isTooLong {
        folder.remove(part)
        return Problem(reason: "more than the \(file.size) bytes of the published file")
      }
      if outcome.status != 0 {
        // 22: refused, perhaps the range only; 33, 36: the server cannot resume.
        return Problem(
          reason: Self.plain(outcome),
          mayStartOver: resumes && [22, 33, 36].contains(outcome.status))
      }
    }
    report(.checking(file: file.name))
    guard size == file.size else {
      folder.remove(part)
      return Problem(reason: "\(size) bytes instead of \(file.size)", mayStartOver: resumes)
    }
    if let reason = try fault() {
      folder.remove(part)
      return Problem(reason: reason, mayStartOver: resumes)
    }
    return nil
  }

  /// What a checksum has against the file, or nil.
  private func fault() throws(DatasetError) -> String? {
    let bytes = try folder.partial.read(part)
    let found = MD5.hex(bytes)
    if found != file.md5 { return "MD5 \(found) instead of \(file.md5)" }
    guard let expected = file.contentsSHA256 else { return nil }
    let contents: [UInt8]
    do { contents = try Gzip.unpack(bytes, limit: dataset.contentsLimit) } catch {
      return "\(error)"
    }
    let sum = SHA256.hex(contents)
    return sum == expected ? nil : "SHA-256 \(sum) instead of \(expected)"
  }

  /// curl's own words, without its name.
  private static func plain(_ outcome: Program.Outcome) -> String {
    let text =
      outcome.complaint.hasPrefix("curl: ")
      ? String(outcome.complaint.dropFirst(6)) : outcome.complaint
    return text.isEmpty ? "curl ended with status \(outcome.status)" : text
  }
}
