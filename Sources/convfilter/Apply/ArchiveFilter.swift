import Archives
import ImageCodecs
import Raster
import Synchronization

/// One tar archive on its way: members are read, several pictures are filtered at a time, and all are
/// written in the order in which they were read.
struct ArchiveFilter: ~Copyable {
  private struct Item {
    let member: TarMember
    let content: [UInt8]
    /// nil for what is no picture.
    let job: Job?
  }

  private let filter: PictureFilter
  private let job: Job
  private var reader: TarReader
  private let status: FileStatus
  private let output: Int32
  private let team: ThreadTeam
  private var waiting: [Item] = []
  /// Bytes, and pictures, that wait.
  private var held = 0
  private var pictures = 0
  /// Bytes written.
  private var written = 0
  private(set) var members = Outcome.Members()
  private(set) var warnings: [String] = []

  /// Bytes of members that wait to be written.
  private static let mostHeld = 64 << 20
  /// Bytes of a picture: it is in memory as a whole.
  private static let mostPicture = 256 << 20

  init(
    _ filter: PictureFilter, _ job: Job, _ reader: consuming TarReader, _ status: FileStatus,
    to output: Int32, _ team: ThreadTeam
  ) {
    self.filter = filter
    self.job = job
    self.reader = reader
    self.status = status
    self.output = output
    self.team = team
  }

  mutating func run() throws(Outcome.Failure) {
    do {
      while let member = try reader.member() { try take(member) }
    } catch let failure as Outcome.Failure {
      throw failure
    } catch {
      throw Outcome.Failure(place: "\(job.input)", error)
    }
    try flush()
    try write(TarMember.end(after: written))
  }

  private mutating func take(_ member: TarMember) throws {
    let isPicture = filter.settings.archives.takes(member)
    if member.size > (isPicture ? Self.mostPicture : Self.mostHeld) {
      try flush()
      if isPicture {
        fail(member, "is larger than 256 MiB")
        if !filter.settings.archives.keepsBadMembers { return }
      } else {
        members.others += 1
      }
      try write(member.headers)
      try copyContent()
      try write([UInt8](repeating: 0, count: TarMember.padding(member.size)))
      return
    }
    waiting.append(
      Item(member: member, content: try reader.content(), job: isPicture ? job(of: member) : nil))
    held += member.size
    pictures += isPicture ? 1 : 0
    let most = team.threads == 1 ? 1 : 4 * team.threads
    if pictures >= most || held >= Self.mostHeld { try flush() }
  }

  /// Writes the content of a member that is too large to wait.
  private mutating func copyContent() throws {
    let (output, place) = (output, "\(job.output)")
    var count = 0
    try reader.forEachBlock { block in
      do throws(FileError) {
        try ResultFile.write(block, to: output)
      } catch {
        throw Outcome.Failure(place: place, error)
      }
      count += block.count
    }
    written += count
  }

  private func job(of member: TarMember) -> Job {
    let ending = filter.settings.archives.ending
    return Job(
      input: .member(member.name, of: "\(job.input)"),
      output: .file(ending.map { member.name.withExtension($0) } ?? member.name, makesFolders: true)
    )
  }

  /// Filters the pictures that wait, and writes all that waits.
  private mutating func flush() throws(Outcome.Failure) {
    let items = waiting
    (waiting, held, pictures) = ([], 0, 0)
    let places = items.indices.filter { items[$0].job != nil }
    typealias Answer = Result<(bytes: [UInt8], warnings: [String]), Outcome.Failure>
    let answers = Mutex<[Int: Answer]>([:])
    let (filter, status) = (filter, status)
    team.run(places.count) { index in
      let item = items[places[index]]
      let answer: Answer
      do throws(Outcome.Failure) {
        answer = .success(try filter.member(item.job!, item.content, status))
      } catch {
        answer = .failure(error)
      }
      answers.withLock { $0[places[index]] = answer }
    }
    let all = answers.withLock { $0 }
    for (index, item) in items.enumerated() {
      switch all[index] {
      case nil:
        members.others += 1
        try write(item.member.headers, item.content)
      case .success(let (bytes, warnings)):
        members.filtered += 1
        self.warnings += warnings.map { "\(item.member.name): \($0)" }
        try write(
          item.member.headers(size: bytes.count, name: item.job!.output.path), bytes)
      case .failure(let failure):
        members.failed += 1
        members.failures.append(failure)
        if filter.settings.archives.keepsBadMembers {
          try write(item.member.headers, item.content)
        }
      }
    }
  }

  private mutating func fail(_ member: TarMember, _ message: String) {
    members.failed += 1
    members.failures.append(
      Outcome.Failure(place: "\(job(of: member).input)", message: message))
  }

  private mutating func write(_ headers: [UInt8], _ content: [UInt8]) throws(Outcome.Failure) {
    try write(headers)
    try write(content)
    try write([UInt8](repeating: 0, count: TarMember.padding(content.count)))
  }

  private mutating func write(_ bytes: [UInt8]) throws(Outcome.Failure) {
    do throws(FileError) {
      try ResultFile.write(bytes, to: output)
    } catch {
      throw Outcome.Failure(place: "\(job.output)", error)
    }
    written += bytes.count
  }
}
