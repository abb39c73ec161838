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
  /// - Throws: `DatasetError.downloadFailed` with what each mirror did wrong.
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
      file: file.name, attempts: attempts, dataset: dataset, folder: folder.target.path)
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
    let before = folder.partial.size(part) ?? 0
    if before > file.size { folder.remove(part) }
    let resumes = before > 0 && before <= file.size
    if before != file.size {
      let outcome = try Program(name: "curl").run(
        [
          "--fail", "--location", "--silent", "--show-error", "--connect-timeout", "20",
          "--speed-limit", "200", "--speed-time", "60", "--continue-at", "-", "--output",
          folder.partial.path + "/" + part, "--", address,
        ], errors: folder.partial.path + "/errors.txt"
      ) {
        report(
          .progress(
            file: file.name, received: folder.partial.size(part) ?? 0, size: file.size))
      }
      folder.remove("errors.txt")
      if outcome.status != 0 {
        // 22: refused, perhaps the range only; 33, 36: the server cannot resume.
        return Problem(
          reason: Self.plain(outcome),
          mayStartOver: resumes && [22, 33, 36].contains(outcome.status))
      }
    }
    report(.checking(file: file.name))
    let size = folder.partial.size(part) ?? 0
    guard size == file.size else {
      folder.remove(part)
      return Problem(reason: "\(size) bytes instead of \(file.size)", mayStartOver: resumes)
    }
    var sum = MD5()
    try folder.partial.read(part) { sum.update($0) }
    let found = sum.finish()
    if found == file.md5 { return nil }
    folder.remove(part)
    return Problem(reason: "MD5 \(found) instead of \(file.md5)", mayStartOver: resumes)
  }

  /// curl's own words, without its name.
  private static func plain(_ outcome: Program.Outcome) -> String {
    let text =
      outcome.complaint.hasPrefix("curl: ")
      ? String(outcome.complaint.dropFirst(6)) : outcome.complaint
    return text.isEmpty ? "curl ended with status \(outcome.status)" : text
  }
}
