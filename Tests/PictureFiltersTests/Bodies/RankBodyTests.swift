import KernelLanguage
import PictureFilters
import TestSupport
import Testing

/// Ranks by networks and by counts, on every instruction set, against sorted windows.
@Suite struct RankBodyTests {
  @Test(
    "medians by networks equal those of sorted windows", arguments: MicroKernels.available.indices)
  func networks(set: Int) {
    for side in [3, 5] {
      for input in [Element.uint8, .uint16] {
        for step in [1, 3, 4] {
          let accepting = checkBodies(
            RankRequest(
              .place(side * side / 2), of: StructuringElement(width: side, height: side),
              channels: step, input: input),
            against: ScalarRank(
              windowRows: side, columns: side, rank: side * side / 2, sampleStep: step, input: input
            ),
            // Rows of 110 bytes and of 56 words are aligned alike: they go past the caches in pairs.
            set: set, widths: [1, 2, 31, 33, 56, 64, 110, 130], rows: 7, seed: side + step,
            extreme: step == 4)
          #expect(accepting.first == "sorted columns of \(side)")
        }
      }
    }
  }

  @Test("ranks by counts equal those of sorted windows", arguments: MicroKernels.available.indices)
  func counts(set: Int) {
    for (round, (rows, columns)) in [(1, 1), (7, 7), (2, 9), (12, 1), (4, 33), (17, 5)].enumerated()
    {
      let count = rows * columns
      for rank in Set([0, count / 2, count / 3, count - 1]) {
        let step = round % 4 + 1
        for (input, extreme) in [
          (Element.uint8, false), (.uint8, true), (.uint16, false), (.uint16, true),
        ] {
          let accepting = checkBodies(
            RankRequest(
              .place(rank), of: StructuringElement(width: columns, height: rows), channels: step,
              input: input),
            against: ScalarRank(
              windowRows: rows, columns: columns, rank: rank, sampleStep: step, input: input),
            set: set, widths: [1, 40], rows: 4, seed: round, extreme: extreme)
          #expect(accepting.contains("counts of levels"))
          #expect(accepting.contains("counts of columns") == (input == .uint8))
          #expect(accepting.contains("running extremes") == [0, count - 1].contains(rank))
        }
      }
    }
  }

  @Test(
    "ranks of any members by counts equal those of sorted windows",
    arguments: MicroKernels.available.indices)
  func members(set: Int) {
    var generator = SplitMix(13)
    for round in 0..<14 {
      let (rows, columns) = (Int.random(in: 1...7, using: &generator), round % 6 + 2)
      var members = (0..<rows * columns).map { _ in Bool.random(using: &generator) }
      members[members.indices.randomElement(using: &generator)!] = true
      members[(members.firstIndex(of: true)! + 1) % members.count] = false
      let element = StructuringElement(width: columns, height: rows, members: members)
      let rank = Int.random(in: 0..<element.count, using: &generator)
      for input in [Element.uint8, .uint16] {
        let accepting = checkBodies(
          RankRequest(.place(rank), of: element, channels: round % 4 + 1, input: input),
          against: ScalarRank(
            windowRows: rows, columns: columns, rank: rank, sampleStep: round % 4 + 1, input: input,
            members: members),
          set: set, widths: [1, 5, 40], rows: 6, seed: round, extreme: round % 2 == 0)
        #expect(accepting.contains("counts of levels"))
      }
    }
  }

  @Test(
    "extremes of elements of many runs equal those of sorted windows",
    arguments: MicroKernels.available.indices)
  func runs(set: Int) {
    var generator = SplitMix(set + 21)
    let cross = (0..<19 * 19).map { $0 % 19 == 9 || $0 / 19 == 9 }
    let lines = (0..<19 * 19).map { $0 / 19 % 3 == 0 && $0 % 19 < 4 + $0 / 19 }
    let noise = (0..<19 * 19).map { _ in Bool.random(using: &generator) }
    for (round, members) in [cross, lines, noise].enumerated() {
      let element = StructuringElement(width: 19, height: 19, members: members)
      for (member, rank) in [(RankRequest.Member.smallest, 0), (.largest, element.count - 1)] {
        let input = round == 1 ? Element.uint16 : .uint8
        let accepting = checkBodies(
          RankRequest(member, of: element, channels: round + 1, input: input),
          against: ScalarRank(
            windowRows: 19, columns: 19, rank: rank, sampleStep: round + 1, input: input,
            members: members),
          set: set, widths: [1, 70], rows: 6, seed: round)
        #expect(accepting.contains("extremes of runs at once"))
        #expect(accepting.contains("extremes of runs"))
        #expect(accepting.contains("extremes of rectangles") == (round == 0))
      }
    }
  }

  @Test(
    "extremes of elements of a few rectangles equal those of sorted windows",
    arguments: MicroKernels.available.indices)
  func rectangles(set: Int) {
    let elements: [(width: Int, height: Int, isMember: (Int, Int) -> Bool)] = [
      (9, 11, { $0 == 4 || $1 == 5 }), (11, 3, { $0 == 2 || $1 == 0 }),
      (6, 12, { $0 < 2 || $0 == 4 || $1 > 9 }), (12, 12, { ($0 < 7) == ($1 < 7) }),
      (5, 5, { min($0, $1, 4 - $0, 4 - $1) == 0 }),
    ]
    for (round, (width, height, isMember)) in elements.enumerated() {
      var members: [Bool] = []
      for row in 0..<height {
        for column in 0..<width { members.append(isMember(column, row)) }
      }
      let element = StructuringElement(width: width, height: height, members: members)
      let channels = round % 4 + 1
      for (member, rank) in [(RankRequest.Member.smallest, 0), (.largest, element.count - 1)] {
        let input = round % 2 == 0 ? Element.uint8 : .uint16
        let accepting = checkBodies(
          RankRequest(member, of: element, channels: channels, input: input),
          against: ScalarRank(
            windowRows: height, columns: width, rank: rank, sampleStep: channels, input: input,
            members: members),
          set: set, widths: [3, round == 0 ? 4500 : 80], rows: 17, seed: round)
        #expect(accepting.contains("extremes of rectangles"))
      }
    }
  }

  @Test("what finds a member of windows, on every instruction set")
  func chosen() {
    func name(
      _ member: RankRequest.Member, _ width: Int, _ height: Int, members: [Bool]? = nil,
      input: Element = .uint8
    ) -> String {
      BodyChoice(
        RankRequest(
          member, of: StructuringElement(width: width, height: height, members: members),
          channels: 3, input: input)
      ).name
    }
    #expect(name(.place(4), 3, 3) == "sorted columns of 3")
    #expect(name(.place(12), 5, 5, input: .uint16) == "sorted columns of 5")
    #expect(name(.place(4), 9, 1) == "counts of columns")
    #expect(name(.place(24), 7, 7) == "counts of columns")
    #expect(name(.place(24), 7, 7, input: .uint16) == "counts of levels")
    #expect(name(.place(40_000), 300, 300) == "counts of levels")
    #expect(name(.largest, 3, 3) == "extremes of pairs of rows")
    #expect(name(.smallest, 100, 1, input: .uint16) == "extremes of rows")
    #expect(name(.largest, 1, 9) == "running extremes")
    let plus = [false, true, false, true, true, true, false, true, false]
    #expect(name(.place(2), 3, 3, members: plus) == "counts of levels")
    #expect(name(.largest, 3, 3, members: plus) == "extremes of runs at once")
    let sparse = (0..<81).map { $0 % 5 == 0 }
    #expect(name(.largest, 9, 9, members: sparse) == "extremes of runs at once")
    let cross = (0..<225).map { $0 % 15 == 7 || $0 / 15 == 7 }
    #expect(name(.largest, 15, 15, members: cross) == "extremes of rectangles")
  }
}
