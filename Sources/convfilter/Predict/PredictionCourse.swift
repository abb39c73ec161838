import ConvNet
import Raster
import Synchronization

/// Pictures on their way through a model: while some are judged, the next are read.
struct PredictionCourse {
  let pictures: ModelPictures
  let predictor: Predictor
  /// Classes to tell of each picture.
  let top: Int

  private typealias Levels = [Result<[Float], any Error>]

  /// - Parameters:
  ///   - group: pictures that are judged together.
  ///   - onAnswer: told what is said of each picture, or why nothing is, in their order.
  func run(
    _ files: [FilePath], group: Int, team: ThreadTeam,
    onAnswer: (FilePath, Result<[Predictor.Guess], any Error>) -> Void
  ) {
    let groups = stride(from: 0, to: files.count, by: group).map {
      Array(files[$0..<min($0 + group, files.count)])
    }
    guard var read = groups.first.map({ pictures.levels(of: $0, team: team) }) else { return }
    // One thread reads while another judges, each with the help of the team.
    let pair = ThreadTeam(threads: team.threads == 1 ? 1 : 2)
    for (index, files) in groups.enumerated() {
      let (levels, following) = (read, index + 1 < groups.count ? groups[index + 1] : [])
      let ahead = Mutex<Levels>([])
      let guesses = Mutex<[[Predictor.Guess]]>([])
      // Safety: one task alone uses the predictor.
      nonisolated(unsafe) let predictor = predictor
      let (pictures, top) = (pictures, top)
      pair.run(following.isEmpty ? 1 : 2) { task in
        if task == 0 {
          let said = predictor.guesses(
            levels.compactMap { try? $0.get() }.flatMap { $0 }, top: top)
          guesses.withLock { $0 = said }
        } else {
          let levels = pictures.levels(of: following, team: team)
          ahead.withLock { $0 = levels }
        }
      }
      var answers = guesses.withLock { $0 }[...]
      for (file, levels) in zip(files, levels) {
        onAnswer(file, levels.map { _ in answers.removeFirst() })
      }
      read = ahead.withLock { $0 }
    }
  }

  /// The same on several processes, each with a group of its own: the first one is told all answers.
  func run(
    _ files: [FilePath], group: Int, team: ThreadTeam, ranks: MPILink, classNames: [String],
    onAnswer: (FilePath, Result<[Predictor.Guess], any Error>) -> Void
  ) {
    let all = ranks.count * group
    for start in stride(from: 0, to: files.count, by: all) {
      let end = min(start + all, files.count)
      let first = min(start + ranks.rank * group, end)
      let own = answers(Array(files[first..<min(first + group, end)]), team)
      let answers = ranks.collect(PictureAnswer.encoded(own))
        .flatMap { PictureAnswer.decoded($0, classNames: classNames) }
      if ranks.rank > 0 { continue }
      for (file, answer) in zip(files[start..<end], answers) { onAnswer(file, answer.result) }
    }
  }

  /// What is said of some pictures.
  private func answers(_ files: [FilePath], _ team: ThreadTeam) -> [PictureAnswer] {
    let levels = pictures.levels(of: files, team: team)
    let read = levels.compactMap { try? $0.get() }
    var guesses = predictor.guesses(read.flatMap { $0 }, top: top)[...]
    return levels.map { levels in
      do {
        _ = try levels.get()
        return .guesses(guesses.removeFirst())
      } catch {
        return .failure("\(error)")
      }
    }
  }
}
