//! The public use files of every performance year: columns, units and rules as that year has them. Each row's
//! published amount is worked by hand in the comment above it, so that a row settles as published only by the
//! rule it stands for.

use std::path::{Path, PathBuf};

use api::app::App;
use api::app::medicare::folder::{files, import_all};
use api::app::medicare::{Imported, import};
use domain::statement::Statement;

use crate::ledger::somebody;

async fn memory() -> App {
    App::open_or_create("memory:", somebody()).await.unwrap()
}

/// Imports a file and says what it came to, after checking that every row was recorded.
async fn imported(app: &App, year: i32, rows: &[&str]) -> Imported {
    let content = rows.join("\n");
    let told =
        import(app, "file.csv", content.as_bytes(), year, |_| ()).await.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(told.rejected(), 0, "{told}");
    told
}

/// Imports a file whose every row settles as published, to the dollar.
async fn as_published(year: i32, rows: &[&str]) -> App {
    let app = memory().await;
    let told = imported(&app, year, rows).await;
    assert_eq!(told.comparison.equal, rows.len() - 1, "{told}");
    app
}

async fn statement(app: &App, contract: &str) -> Statement {
    let kept = app.kept().await.unwrap();
    let case = kept.book().case(&contract.parse().unwrap()).unwrap();
    case.statements[0].fact.statement.clone()
}

async fn line(app: &App, contract: &str, step: &str) -> String {
    let statement = statement(app, contract).await;
    let line = statement.lines.iter().find(|line| line.name.slug() == step);
    let line = line.unwrap_or_else(|| panic!("no {step} in\n{statement}"));
    line.value.clone().unwrap_or_else(|| line.working.text.clone())
}

/// Earned and owed in two columns, with parts of a cent; totals with cents, whose difference counts.
#[tokio::test]
async fn in_2013_savings_are_made_from_the_totals() {
    let app = as_published(
        2013,
        &[
            "ACO_Num,ACO_NAME,Start_Date,Track2,QualScore,QualPerfShare,FinalShareRate,MinSavPerc,ABtotBnchmk,ABtotExp,\
             BnchmkMinExp,EarnShrSavings,OweLosses,N_AB,N_AB_Year,Adv_Pay_Amt",
            // 100,000,000.50 - 95,000,000.25 = 5,000,000.25; 50% is 2,500,000.125; less 2% is 2,450,000.1225
            "A1,One,7/1/2012,0,1,0.5,0.5,0.02,100000000.5,95000000.25,5000000.253,2450000.123,,60000,59000.5,",
            // reporting incomplete: nothing
            "A2,Two,1/1/2013,0,0,0.5,0,0.02,100000000,95000000,5000000,0,,60000,59000,1500000",
            // Track 2: 1 - 60% is 40% of 9,966,380.30, 3,986,552.12
            "A3,Three,7/1/2012,1,1,0.6,0.6,0.02,197934064.8,207900445.1,-9966380.3,0,-3986552.12,20979,20000,",
        ],
    )
    .await;
    assert_eq!(line(&app, "mssp-2013-A1", "savings").await, "5000000.25");
    assert_eq!(line(&app, "mssp-2013-A3", "loss-limit").await, "9896703.24");
}

/// Minimum rates are percentages, scores fractions, and who reported for the first time has `P4R`.
#[tokio::test]
async fn in_2014_the_score_scales_the_rate_or_reporting_pays() {
    let app = as_published(
        2014,
        &[
            "ACO_Num,ACO_NAME,Start_Date,Track1,Track2,N_AB,Sav_rate,MinSavPerc,BnchmkMinExp,EarnSaveLoss,QualScore,\
             ABtotBnchmk,ABtotExp,Adv_Pay_Amt,Adv_Pay_Recoup,QualPerfShare,FinalShareRate",
            // 50% x 0.9 = 45% of 5,000,000; less 2%
            "A1,One,07/01/2012,1,0,60000,5,2,5000000,2205000,0.9,100000000,95000000,2530000,2205000,0.5,0.45",
            // reporting pays 50%: 2,500,000 less 2%
            "A2,Two,01/01/2014,1,0,60000,5,2,5000000,2450000,P4R,100000000,95000000,,,0.5,0.5",
            // reporting was not complete
            "A3,Three,01/01/2014,1,0,60000,5,2,5000000,0,P4R,100000000,95000000,,,0.5,0",
            // Track 2 in its second year: 60% x 0.9 = 54% of 3,000,000, less 2%
            "A4,Four,01/01/2013,0,1,60000,3,2,3000000,1587600,0.9,100000000,97000000,,,0.6,0.54",
        ],
    )
    .await;
    assert_eq!(line(&app, "mssp-2014-A1", "advance-recouped").await, "2205000.00");
    assert_eq!(line(&app, "mssp-2014-A1", "advance-carried").await, "325000.00");
}

/// Every rate is a percentage, a blank score is pay-for-reporting, and the highest sharing rate tells the
/// track.
#[tokio::test]
async fn in_2015_the_track_follows_from_the_sharing_rate() {
    let header = "ACO_Num,ACO_Name,Current_Start_Date,N_AB,Sav_rate,MinSavPerc,BnchmkMinExp,GenSaveLoss,EarnSaveLoss,Met_QPS,\
                  QualScore,ABtotBnchmk,ABtotExp,Adv_Pay_Amt,Adv_Pay_Recoup,QualPerfShare,FinalShareRate";
    let app = as_published(
        2015,
        &[
            header,
            // 50% x 96.63% = 48.315% of 5,000,000 = 2,415,750; less 2% = 2,367,435
            "A1,One,01/01/2014,60000,5.00,2.00,5000000,5000000,2367435,1,96.63,100000000,95000000,,,50.00,48.32",
            // pay-for-reporting: 50% of 4,000,000 = 2,000,000; less 2% = 1,960,000, from which 500,000 is
            // recouped
            "A2,Two,01/01/2015,60000,4.00,2.00,4000000,4000000,1960000,1,,100000000,96000000,500000,500000,50.00,50.00",
            // Track 2: 1 - 60% x 90% = 46% of 4,000,000 = 1,840,000
            "A3,Three,01/01/2013,60000,-4.00,2.00,-4000000,-4000000,-1840000,1,90.00,100000000,104000000,,,60.00,54.00",
            // the standard failed
            "A4,Four,01/01/2013,60000,5.00,2.00,5000000,5000000,0,0,,100000000,95000000,,,50.00,0.00",
            // 5,333 people: 3.8% of 100,000,000 is above 3,799,999
            "A5,Five,01/01/2013,5333,3.80,3.80,3799999,0,0,1,90.00,100000000,96200001,,,50.00,45.00",
        ],
    )
    .await;
    // Third year in Track 2: 10% of the benchmark.
    assert_eq!(line(&app, "mssp-2015-A3", "loss-limit").await, "10000000.00");
    assert_eq!(line(&app, "mssp-2015-A2", "advance-recouped").await, "500000.00");

    // A score of 96.63 stands for 96.625 to 96.635: 2,367,312.5 to 2,367,557.5, and a little for hidden
    // cents.
    let app = memory().await;
    let row = |id: &str, published: i64| {
        format!("{id},One,,60000,5.00,2.00,5000000,,{published},1,96.63,100000000,95000000,,,50.00,48.32")
    };
    let rows = [row("A1", 2_367_557), row("A2", 2_367_560), row("A3", 2_367_436)];
    let told = imported(&app, 2015, &[header, &rows[0], &rows[1], &rows[2]]).await.comparison;
    assert_eq!((told.equal, told.within_one_dollar, told.within_printed_score), (0, 1, 1));
    assert_eq!(told.different[0].organisation, "A2");
}

#[tokio::test]
async fn tracks_1_to_3_settle_in_2017() {
    let app = as_published(
        2017,
        &[
            "ACO_Num,ACO_Name,Initial_Start_Date,Initial_Track_2,Current_Start_Date,Current_Track_1,Current_Track_2,\
             Current_Track_3,N_AB,MinSavPerc,BnchmkMinExp,DisAdj,EarnSaveLoss,Met_QPS,QualScore,ABtotBnchmk,ABtotExp,\
             QualPerfShare,FinalShareRate",
            // 50% x 0.9219 = 46.095% of 5,000,000 = 2,304,750; less 2% = 2,258,655
            "A1,One,07/01/2012 12:00:00 AM,0,01/01/2016 12:00:00 AM,1,0,0,60000,0.02,5000000,,2258655,1,0.9219,100000000,\
             95000000,0.5,0.461",
            // Track 2 since 2013, so its fifth year: 10%; 1 - 60% x 0.9 = 46% of 4,000,000
            "A2,Two,01/01/2013 12:00:00 AM,1,01/01/2016 12:00:00 AM,0,1,0,60000,0.01,-4000000,,-1840000,1,0.9,100000000,\
             104000000,0.6,0.54",
            // Track 3: 1 - 75% x 0.9 = 32.5%, so 40% of 4,000,000 less 5,727
            "A3,Three,01/01/2016 12:00:00 AM,0,01/01/2016 12:00:00 AM,0,0,1,60000,0,-4000000,-5727,-1594273,1,0.9,100000000,\
             104000000,0.75,0.675",
            // Track 3, standard failed: 75%
            "A4,Four,01/01/2016 12:00:00 AM,0,01/01/2016 12:00:00 AM,0,0,1,60000,0.005,-4000000,,-3000000,0,0.9,100000000,\
             104000000,0.75,0",
        ],
    )
    .await;
    assert_eq!(line(&app, "mssp-2017-A2", "loss-limit").await, "10000000.00");
}

/// Losses of Track 1+ are limited by revenue or by the benchmark, as the organisation is composed.
#[tokio::test]
async fn track_1_plus_settles_in_2018() {
    let app = as_published(
        2018,
        &[
            "ACO_ID,ACO_Name,Current_Start_Date,Current_Track_1,Current_Track_2,Current_Track_3,Current_Track_1_Plus,N_AB,\
             MinSavPerc,BnchmkMinExp,DisAdj,EarnSaveLoss,Met_QPS,QualScore,ABtotBnchmk,ABtotExp,QualPerfShare,RevLossLimit",
            // 30% of 4,000,000
            "A1,One,01/01/2018 12:00:00 AM,0,0,0,1,60000,0.01,-4000000,,-1200000,1,0.9,100000000,104000000,0.5,0",
            "A2,Two,01/01/2018 12:00:00 AM,0,0,0,1,60000,0.01,-4000000,,-1200000,1,0.9,100000000,104000000,0.5,1",
        ],
    )
    .await;
    let noted =
        |statement: &Statement| statement.lines.iter().any(|line| line.name.slug() == "revenue-limit");
    assert!(!noted(&statement(&app, "mssp-2018-A1").await));
    assert!(noted(&statement(&app, "mssp-2018-A2").await));
}

/// Names in lower case, fractions, no sequestration; a half-year has half of the dollars, but relief for all
/// of 2019.
#[tokio::test]
async fn in_2019_a_half_year_counts_half_of_the_relief() {
    let header = "aco_id,aco_name,current_start_date,current_track_1,current_track_2,current_track_3,current_track_1_plus,n_ab,\
                  sav_rate,minsavperc,bnchmkminexp,gensaveloss,disadj,earnsaveloss,met_qps,qualscore,updatedbnchmk,\
                  abtotbnchmk,abtotexp,qualperfshare,finalsharerate,revlosslimit,n_ab_year_py";
    let app = as_published(
        2019,
        &[
            header,
            // 50% x 0.9806 = 49.03% of 5,000,000, nothing sequestered
            "A1,One,01/01/2016,1,0,0,0,60000,0.05,0.02,5000000,5000000,,2451500,1,0.9806,10000,100000000,95000000,0.5,0.49,0,10000",
            // half-year, Track 3: 1 - 75% x 0.9 = 32.5%, so 40% of 2,000,000 = 800,000; less 6/12 of 300,000
            // = 650,000
            "A2,Two,01/01/2016,0,0,1,0,60000,-0.04,0,-2000000,-2000000,-300000,-650000,1,0.9,10000,50000000,52000000,0.75,0.68,0,10000",
            // the whole year, Track 3: 1,600,000 less 300,000
            "A3,Three,01/01/2016,0,0,1,0,60000,-0.04,0,-4000000,-4000000,-300000,-1300000,1,0.9,10000,100000000,104000000,0.75,0.68,0,10000",
            // one-sided: losses are shown and not owed
            "A4,Four,01/01/2016,1,0,0,0,60000,-0.04,0.02,-4000000,-4000000,,0,1,0.9,10000,100000000,104000000,0.5,0.45,0,10000",
        ],
    )
    .await;
    assert_eq!(line(&app, "mssp-2019-A2", "performance-months").await, "6");
    assert_eq!(line(&app, "mssp-2019-A2", "relief").await, "150000.00");
    assert_eq!(line(&app, "mssp-2019-A3", "relief").await, "300000.00");
}

/// Scores are percentages and rates fractions; every loss is relieved.
#[tokio::test]
async fn in_2020_levels_and_older_tracks_stand_side_by_side() {
    as_published(
        2020,
        &[
            "ACO_ID,ACO_Name,Current_Start_Date,Current_Track_1,Current_Track_2,Current_Track_3,Current_Track_1_Plus,\
             Current_BASIC_A,Current_BASIC_B,Current_BASIC_C,Current_BASIC_D,Current_BASIC_E,Current_ENHANCED,N_AB,MinSavPerc,\
             BnchmkMinExp,DisAdj,EarnSaveLoss,Met_QPS,QualScore,ABtotBnchmk,ABtotExp,QualPerfShare,FinalShareRate,RevLossLimit",
            // 40% x 97.19% = 38.876% of 5,000,000, nothing sequestered
            "A1,One,7/1/2019,0,0,0,0,0,1,0,0,0,0,60000,0.02,5000000,,1943800,1,97.19,100000000,95000000,0.4,0.39,0",
            // 75% x 100% of 5,000,000
            "A2,Two,7/1/2019,0,0,0,0,0,0,0,0,0,1,60000,0.01,5000000,,3750000,1,100,100000000,95000000,0.75,0.75,0",
            // 30% of 4,000,000, relieved wholly
            "A3,Three,1/1/2020,0,0,0,0,0,0,0,0,1,0,60000,0.01,-4000000,-1200000,0,1,96.87,100000000,104000000,0.5,0.48,1",
        ],
    )
    .await;
}

/// From 2021 the standard is a gate for sharing, while the loss rate still follows the score.
#[tokio::test]
async fn in_2021_the_score_no_longer_scales_what_is_shared() {
    let app = as_published(
        2021,
        &[
            "ACO_ID,ACO_Name,Initial_Start_Date,Current_Start_Date,Current_Track_1,Current_Track_2,Current_Track_3,\
             Current_Track_1_Plus,Current_BASIC_A,Current_BASIC_B,Current_BASIC_C,Current_BASIC_D,Current_BASIC_E,\
             Current_ENHANCED,N_AB,Sav_Rate,MinSavPerc,BnchmkMinExp,DisAdj,EarnSaveLoss,Met_QPS,QualScore,ABtotBnchmk,ABtotExp,\
             MaxShareRate,FinalShareRate",
            // 50% of 5,000,000, less 2%, at a score of 81.05
            "A1,One,1/1/2016,1/1/2019,1,0,0,0,0,0,0,0,0,0,60000,5.00,2.00,5000000,,2450000,1,81.05,100000000,95000000,50.00,50.00",
            // as A2029: 1 - 60% x 89% = 46.6% of 2,382,640 = 1,110,310.24, relieved wholly
            "A2,Two,1/1/2014,1/1/2018,0,1,0,0,0,0,0,0,0,0,41407,-2.38,0.00,-2382640,-1110310,0,1,89.00,100000000,102382640,60.00,60.00",
        ],
    )
    .await;
    assert_eq!(line(&app, "mssp-2021-A2", "loss-rate").await, "0.466");
}

/// Two revisions of 2022: one tells whether losses were to be prorated, the later one takes the savings of
/// who left.
#[tokio::test]
async fn in_2022_the_later_revision_pays_no_savings_to_who_left() {
    let header = |column: &str| {
        format!(
            "ACO_ID,ACO_Name,Current_Start_Date,Current_Track,N_AB,Sav_rate,MinSavPerc,BnchmkMinExp,DisAdj,{column},\
             EarnSaveLoss,Met_QPS,QualScore,ABtotBnchmk,ABtotExp,FinalShareRate"
        )
    };
    // 40% of 3,000,000, less 2%
    let earlier = "A1,One,01/01/2022,B,60000,3.00,2.00,3000000,,1,1176000,1,80.00,100000000,97000000,40.00";
    let later = "A1,One,01/01/2022,B,60000,3.00,2.00,3000000,,1,0,1,80.00,100000000,97000000,40.00";
    // 1 - 75% x 80% = 40% of 3,000,000, relieved wholly
    let relieved =
        "A2,Two,01/01/2022,EN,60000,-3.00,1.00,-3000000,-1200000,0,0,1,80.00,100000000,103000000,75.00";
    as_published(2022, &[&header("Prorate_Shared_Losses"), earlier, relieved]).await;
    let app = as_published(2022, &[&header("Impact_Mid_Year_Termination"), later, relieved]).await;
    assert_eq!(
        line(&app, "mssp-2022-A1", "nothing-due").await,
        "the agreement ended before the performance year did: no share of savings"
    );
    // In the columns of the year before, and by the longer name.
    as_published(2022, &[&header("Impact_Mid_Year_Termination"), &later.replace(",B,", ",BASIC B,")]).await;
    as_published(
        2022,
        &[
            &header("Current_BASIC_B").replace("Current_Track,", "Current_ENHANCED,"),
            "A1,One,01/01/2022,0,60000,3.00,2.00,3000000,,1,1176000,1,80.00,100000000,97000000,40.00",
            "A2,Two,01/01/2022,1,60000,-3.00,1.00,-3000000,-1200000,0,0,1,80.00,100000000,103000000,75.00",
        ],
    )
    .await;
}

/// Half the rate below the minimum, the guardrail, the alternative standard, advance investment payments.
#[tokio::test]
async fn in_2024_small_savings_of_low_revenue_organisations_earn_half_the_rate() {
    let app = as_published(
        2024,
        &[
            "ACO_ID,ACO_Name,Current_Start_Date,Current_Track,N_AB,Sav_rate,MinSavPerc,BnchmkMinExp,DisAdj,Guardrail,AIPBalance,\
             AIPRecoup,ReducedSS,Impact_Mid_Year_Termination,EarnSaveLoss,Met_QPS,Met_AltQPS,Met_40pctl,QualScore,ABtotBnchmk,\
             ABtotExp,FinalShareRate,FinalLossRate,Rev_Exp_Cat",
            // half of 50% of 1,000,000, less 2%
            "A1,Half,01/01/2024,E,10000,1.00,2.00,1000000,0,0,,,1,0,245000,1,,1,80.00,100000000,99000000,25.00,30.00,Low Revenue",
            // half of 40%
            "A2,HalfOfA,01/01/2024,A,10000,1.00,3.00,1000000,,0,,,1,0,196000,1,,1,80.00,100000000,99000000,20.00,,Low Revenue",
            // an older agreement, high revenue, too few people, ENHANCED: nothing
            "A3,Older,01/01/2022,E,10000,1.00,2.00,1000000,0,0,,,0,0,0,1,,1,80.00,100000000,99000000,50.00,30.00,Low Revenue",
            "A4,High,01/01/2024,E,10000,1.00,2.00,1000000,0,0,,,0,0,0,1,,1,80.00,100000000,99000000,50.00,30.00,High Revenue",
            "A5,Small,01/01/2024,E,4999,1.00,3.90,1000000,0,0,,,0,0,0,1,,1,80.00,100000000,99000000,50.00,30.00,Low Revenue",
            "A6,Enhanced,01/01/2024,EN,10000,1.00,2.00,1000000,0,0,,,0,0,0,1,,1,80.00,100000000,99000000,75.00,40.00,Low Revenue",
            // the guardrail: a minimum of 0% and small savings, nothing
            "A7,Guarded,01/01/2024,EN,10000,0.05,0.00,50000,0,1,,,0,0,0,1,,1,80.00,100000000,99950000,75.00,40.00,Low Revenue",
            // the guardrail with losses, as A5386: 1 - 75% x 54.1% = 59.425% of 3,000,000
            "A8,Owing,01/01/2024,EN,10000,-3.00,1.00,-3000000,0,1,,,0,0,-1782750,0,1,0,54.10,100000000,103000000,40.58,59.43,Low Revenue",
            // the alternative standard: 40% x 68% = 27.2% of 13,000,000 = 3,536,000; less 2%; recouped wholly
            "A9,Other,01/01/2024,B,60000,2.60,2.00,13000000,,0,4000000.50,3465280,0,0,3465280,0,1,0,68.00,500000000,487000000,27.20,,Low Revenue",
            // the standard failed
            "A10,Failed,01/01/2024,B,60000,2.60,2.00,13000000,,0,,,0,0,0,0,0,0,30.00,500000000,487000000,0.00,,Low Revenue",
        ],
    )
    .await;
    assert_eq!(line(&app, "mssp-2024-A1", "reduced-sharing-rate").await, "0.25");
    assert_eq!(line(&app, "mssp-2024-A9", "advance-recouped").await, "3465280.00");
    assert_eq!(line(&app, "mssp-2024-A9", "advance-carried").await, "534720.50");
    assert_eq!(
        line(&app, "mssp-2024-A7", "nothing-due").await,
        "the three-way blend of the benchmark would have made losses: neither savings nor losses"
    );
}

#[tokio::test]
async fn a_row_in_no_track_or_in_two_is_rejected() {
    let header = "ACO_ID,ACO_Name,N_AB,MinSavPerc,BnchmkMinExp,EarnSaveLoss,QualScore,ABtotBnchmk,ABtotExp,DisAdj,Met_QPS,\
                  Current_Track_1,Current_Track_2,Current_Start_Date";
    let problem = async |flags: &str| {
        let row = format!("A1,One,60000,0.02,5000000,0,0.9,100000000,95000000,,1,{flags}");
        let content = format!("{header}\n{row}\n");
        let told = import(&memory().await, "file.csv", content.as_bytes(), 2017, |_| ()).await.unwrap();
        told.problems().next().map(ToString::to_string).unwrap_or_default()
    };
    let none = problem("0,0,01/01/2016").await;
    assert!(
        none.starts_with("file.csv:2:1: error: no column says in which track the organisation is"),
        "{none}"
    );
    assert!(none.contains("its tracks are: T1, T2, T3"), "{none}");
    let two = problem("1,1,01/01/2016").await;
    assert!(two.contains("the organisation is in several tracks at once: T1, T2"), "{two}");
    let date = problem("0,1,soon").await;
    assert!(date.contains("Current_Start_Date is `soon`, which is not a date"), "{date}");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[tokio::test]
async fn a_folder_is_imported_in_order_of_its_years_and_counted() {
    let folder = tempfile::TempDir::new().unwrap();
    let none = files(folder.path()).unwrap_err();
    assert!(none.message.ends_with("has no file named mssp_pyYEAR.csv"), "{none}");
    let header = "ACO_ID,ACO_Name,Current_Track_1,N_AB,MinSavPerc,BnchmkMinExp,EarnSaveLoss,QualScore,ABtotBnchmk,ABtotExp,Met_QPS\n";
    let row =
        |id: &str, earned: i64| format!("{id},One,1,60000,0.02,5000000,{earned},0.9,100000000,95000000,1\n");
    // 50% x 0.9 = 45% of 5,000,000, less 2%: 2,205,000; a score of 0.9 stands for 122.50 more or less.
    let of_2016 = format!("{header}{}{}", row("A1", 2_205_000), row("A2", 2_205_001));
    let of_2014 = format!("{header}{}{}", row("A1", 2_205_100), row("A3", 2_000_000));
    std::fs::write(folder.path().join("mssp_py2016.csv"), of_2016).unwrap();
    std::fs::write(folder.path().join("mssp_py2014.csv"), of_2014.replace("Current_Track_1", "Track1"))
        .unwrap();
    std::fs::write(folder.path().join("notes.csv"), "not of the program").unwrap();
    let app = memory().await;
    let told = import_all(&app, files(folder.path()).unwrap(), |_| ()).await.unwrap().to_string();
    let expected = "\
| file | organisations | to the dollar | within $1 | within the printed score | different |
|---|---:|---:|---:|---:|---:|
| mssp_py2014.csv | 2 | 0 | 0 | 1 | 1 |
| mssp_py2016.csv | 2 | 1 | 1 | 0 | 0 |
| all | 4 | 1 | 1 | 1 | 1 |

- A3 in 2014: settled $2,205,000.00, published $2,000,000.00: no line of the statement says why
";
    assert_eq!(told, expected);
}

/// Rows of every published year and of every track, as the folder's README counts them.
#[tokio::test]
async fn the_sample_of_every_year_settles_as_its_readme_says() {
    let folder = root().join("examples/us-aco");
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let app = memory().await;
    let told = import_all(&app, files(&folder).unwrap(), |_| ()).await.unwrap().to_string();
    for line in told.lines() {
        assert!(readme.lines().any(|said| said == line), "the README does not say: {line}");
    }
    let table = readme.lines().filter(|line| line.starts_with("| mssp_py")).count();
    assert_eq!(told.lines().filter(|line| line.starts_with("| mssp_py")).count(), table);
}

/// The table of the document is what the published files come to.
#[tokio::test]
async fn every_published_year_settles_as_the_document_says() {
    let published = root().join("../shared/medicare");
    if !published.is_dir() {
        println!("not run: {} is not there", published.display());
        return;
    }
    if std::env::var_os("RISKSHARE_TEST_LONG").is_none() {
        println!("not run: 3,446 organisations take their time; set RISKSHARE_TEST_LONG=1");
        return;
    }
    let document = std::fs::read_to_string(root().join("docs/MEDICARE.md")).unwrap();
    let app = memory().await;
    let told = import_all(&app, files(&published).unwrap(), |_| ()).await.unwrap().to_string();
    assert!(document.contains(&told), "docs/MEDICARE.md does not hold this:\n{told}");
}
